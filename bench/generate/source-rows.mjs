import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { DATA } from '../lib/paths.mjs';

/** Real public tables, from the npm package vega-datasets (BSD-3-Clause; each table keeps its own terms). */
const PACKAGE = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..', 'data');
const FLIGHTS = join(PACKAGE, 'flights-3m.parquet');

/**
 * The 3 million US flights of the first half of 2001 as lines `date,delay,distance,origin,destination` without
 * quotes. Made from Parquet once; every worker of the generator then reads plain bytes.
 */
export async function prepareFlights() {
  const id = createHash('sha256').update(readFileSync(FLIGHTS)).digest('hex').slice(0, 12);
  const path = join(DATA, `flights-${id}.csv`);
  if (existsSync(path)) return path;
  mkdirSync(DATA, { recursive: true });
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create()).connect();
  const select = `SELECT strftime(date, '%Y-%m-%d %H:%M:%S') AS date, delay, distance, origin, destination FROM '${FLIGHTS}'`;
  await connection.run(`COPY (${select}) TO '${path}.tmp' (FORMAT csv, HEADER false)`);
  renameSync(`${path}.tmp`, path);
  return path;
}

export function readFlights(path) {
  const lines = readFileSync(path, 'latin1').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Values exactly as the table's CSV file has them. */
export function readTable(file) {
  const [, ...rows] = parse(readFileSync(join(PACKAGE, `${file}.csv`)), { record_delimiter: ['\r\n', '\n'] });
  return rows;
}
