import { prepareMasks } from './masks';
import { prepareShapes } from './time';

export { dropReturns } from './returns';
export { rewrite } from './rewrite';
export { scan } from './scan';
export {
  ALLOWED,
  INPUT,
  JOIN,
  MAX_BATCH,
  MAX_COLUMNS,
  MAX_TOKENS,
  NULLS,
  OUTPUT,
  OUTPUT_SIZE,
  RAW,
  RESULTS,
  REWRITE_WINDOW,
  STEPS,
  TOKENS,
  TYPES,
  WINDOW,
} from './layout';

/** Fills the tables. Once per instance, before anything else. */
export function prepare(): void {
  prepareMasks();
  prepareShapes();
}
