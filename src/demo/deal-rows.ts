import type { Batch, DemoPartnerSpec, DemoTableSpec } from './demo-partner.js';
import { seededRandom } from './random.js';
import type { SourceTable } from './source-tables.js';

/**
 * Deals one day's rows of a table over batches of uneven size, and the batches over the day's archives, in order:
 * as an exporter does that writes what has come in since its last archive. Every row is in exactly one batch.
 */
export function dealRows(
  spec: DemoTableSpec,
  rows: SourceTable,
  partner: DemoPartnerSpec,
  seed: number,
): Batch[] {
  const random = seededRandom(seed);
  const of = spec.batchesPerDay;
  const weights = Array.from({ length: of }, () => 0.5 + random());
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const offset = random() / of;
  const batches: Batch[] = [];
  let weight = 0;
  let start = 0;
  for (let index = 0; index < of; index++) {
    weight += weights[index]!;
    const end = index === of - 1 ? rows.rows.length : Math.round((weight / total) * rows.rows.length);
    const archive = Math.min(
      partner.archivesPerDay - 1,
      Math.floor((index / of + offset) * partner.archivesPerDay),
    );
    batches.push({
      table: spec.table,
      number: index + 1,
      of,
      archive,
      header: rows.header,
      rows: rows.rows.slice(start, end),
    });
    start = end;
  }
  return batches;
}

/** The rows of day `index` of `days`: consecutive, nearly equal shares. */
export function shareOfDay(table: SourceTable, index: number, days: number): SourceTable {
  const at = (day: number): number => Math.round((day * table.rows.length) / days);
  return { header: table.header, rows: table.rows.slice(at(index), at(index + 1)) };
}
