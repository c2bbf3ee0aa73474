import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { readSourceTable } from '../../src/demo/source-tables.js';
import { requireJson } from '../../src/ingest/documents/json-object.js';
import { dayFiguresSchema } from '../../src/quality/day-figures.js';
import { LocalDay } from '../support/local-day.js';
import { PARTNER } from '../support/manifests.js';

/** Real public tables with empty cells, quotes, line ends in values and other scripts. */
const TABLES = [
  'airports',
  'birdstrikes',
  'co2-concentration',
  'disasters',
  'flights-airport',
  'gapminder-health-income',
  'github',
  'global-temp',
  'iowa-electricity',
  'population_engineers_hurricanes',
  'seattle-weather',
  'species',
  'us-employment',
  'weather',
  'zipcodes',
];

function csv(rows: readonly (readonly string[])[]): string {
  const field = (value: string) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  return rows.map((row) => `${row.map(field).join(',')}\n`).join('');
}

describe('the figures of a day of real tables', () => {
  it.each(TABLES)(
    '%s: rows, and nulls of every column, are those DuckDB counts in the published table',
    async (file) => {
      const { header, rows } = await readSourceTable(file);
      const table = file.replaceAll('-', '');
      const day = await LocalDay.create();
      const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
      try {
        const most = rows.slice(0, 20_000);
        const half = Math.ceil(most.length / 2);
        // The second archive lacks the last column: its cells are null in the table.
        const less = (row: readonly string[]) => (header.length > 1 ? row.slice(0, -1) : row);
        await day.land('a.tar.gz', { [`${table}_20261121_1.csv`]: csv([header, ...most.slice(0, half)]) });
        await day.land('b.tar.gz', {
          [`${table}_20261121_2.csv`]: csv([less(header), ...most.slice(half).map(less)]),
        });
        const publication = await day.run();
        const { key } = publication.tables[0]!;
        const { figures } = day.layout.version(publication.version);
        const counted = (await requireJson(day.store, figures, dayFiguresSchema)).tables[table]!;
        const connection = await instance.connect();
        const columns = counted.columns.map((_, index) => `'c${index}': 'VARCHAR'`).join(', ');
        const nulls = counted.columns.map((_, index) => `count(*) FILTER (coalesce(c${index}, '') = '')`);
        const reader = await connection.runAndReadAll(
          `SELECT count(*), ${nulls.join(', ')} FROM read_csv('${join(day.root, key!)}', columns = {${columns}},
           auto_detect = false, header = true, delim = ',', quote = '"', escape = '"')`,
        );
        const [rowCount, ...nullCounts] = reader.getRows()[0]!.map(Number);
        expect(key).toContain(PARTNER);
        expect(counted.columns).toEqual(header);
        expect({ rows: counted.rows, nulls: counted.nulls }).toEqual({ rows: rowCount, nulls: nullCounts });
        expect(rowCount).toBe(most.length);
        connection.closeSync();
      } finally {
        instance.closeSync();
        await day.remove();
      }
    },
  );
});
