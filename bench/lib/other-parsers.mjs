import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BENCH } from './paths.mjs';

/**
 * Other CSV parsers for Node, as far as `peers/set-up.mjs` has installed them: from bytes to arrays of texts, like
 * csv-parse; they take text, so decoding is part of it.
 *
 * @returns {Record<string, (bytes: Buffer) => unknown>}
 */
export function otherParsers() {
  const load = createRequire(join(BENCH, 'peers', 'js', 'package.json'));
  const parsers = {};
  try {
    const { inferSchema, initParser } = load('udsv');
    parsers.udsv = (bytes) => {
      const text = bytes.toString();
      return initParser(inferSchema(text)).stringArrs(text);
    };
    const { parse } = load('papaparse');
    parsers.papaparse = (bytes) => parse(bytes.toString()).data;
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
  }
  return parsers;
}
