export { prepare } from './codes';
export { inflate, reset } from './inflate';
export { END, INPUT, INPUT_SIZE, OUTPUT, RESULTS } from './layout';
