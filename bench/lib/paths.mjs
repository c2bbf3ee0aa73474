import { join, resolve } from 'node:path';
import { DATE, PARTNER } from './sizes.mjs';

export const ROOT = resolve(import.meta.dirname, '../..');
export const BENCH = join(ROOT, 'bench');
export const DATA = join(BENCH, 'data');
export const RESULTS = join(BENCH, 'results');
/** Peers that are not Python packages are built into this directory. */
export const PEER_TOOLS = join(ROOT, '.tools', 'peers');
export const VENV = join(BENCH, 'peers', '.venv');

export const dataOf = (size) => join(DATA, size);
export const landingOf = (size) => join(dataOf(size), 'landing', PARTNER, DATE);
/** What the generator made: the truth every result is compared with. */
export const truthOf = (size) => join(dataOf(size), 'truth.json');
