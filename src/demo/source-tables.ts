import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { TerminalError } from '../errors.js';

export interface SourceTable {
  header: string[];
  rows: string[][];
}

export const DATA_PACKAGE = 'vega-datasets';

export const DATA_NOTICE = [
  'The rows are real public tables from the npm package vega-datasets 3.2.1 (BSD-3-Clause, Copyright University of',
  'Washington Interactive Data Lab and contributors, https://github.com/vega/vega-datasets). Each table keeps its own',
  "terms, listed in the package's datapackage.json: airports, birdstrikes, flights-airport, global-temp,",
  'iowa-electricity, population_engineers_hurricanes, seattle-weather, seattle-weather-hourly-normals, species,',
  'us-employment and weather are works of the United States Government; co2-concentration, disasters (EM-DAT, through',
  'Our World in Data), gapminder-health-income and zipcodes (GeoNames) are CC BY 4.0; github is part of the package.',
  'Partners, archives and the faults planted in them are invented for this demo.',
].join('\n');

/** Reads `data/{file}.csv` of the data package: every value as text, exactly as written. */
export async function readSourceTable(file: string): Promise<SourceTable> {
  const path = join(dataDirectory(), `${file}.csv`);
  const records = parse(await readFile(path), {
    relax_column_count: false,
    record_delimiter: ['\r\n', '\n'],
  });
  const [header, ...rows] = records;
  if (header === undefined) throw new TerminalError(`${path}: no header line`);
  return { header, rows };
}

function dataDirectory(): string {
  try {
    // The package's entry is build/index.js; its "exports" hide data/, which the package ships all the same.
    return join(dirname(createRequire(import.meta.url).resolve(DATA_PACKAGE)), '..', 'data');
  } catch (cause) {
    throw new TerminalError(
      `the demo's data is missing: the npm package ${DATA_PACKAGE} is not installed; run "npm ci" (with devDependencies)`,
      { cause },
    );
  }
}
