#!/usr/bin/env node
/**
 * What a partner-day needs and costs.
 *
 *   node scripts/capacity.mjs --archives 40000 --archive-mb 250 --tables 23 [--ratio 4.25] [--hours 6]
 *
 * Without arguments: the examples of docs/scaling.md.
 */
import { parseArgs } from 'node:util';
import { ASSUMED, capacity, exampleTable, limitsOf, MEASURED } from './lib/capacity-model.mjs';

const { values } = parseArgs({
  options: {
    archives: { type: 'string' },
    'archive-mb': { type: 'string', default: '250' },
    tables: { type: 'string', default: '23' },
    ratio: { type: 'string', default: String(MEASURED.compression) },
    hours: { type: 'string', default: String(ASSUMED.hours) },
  },
});
if (values.archives === undefined) console.log(exampleTable());
else {
  const [archives, megabytes, tables, compression, hours] = [
    values.archives,
    values['archive-mb'],
    values.tables,
    values.ratio,
    values.hours,
  ].map(Number);
  if ([archives, megabytes, tables, compression, hours].some((value) => !(value > 0))) {
    console.error('expected numbers above 0');
    process.exit(2);
  }
  const day = { archives, archiveBytes: megabytes * 1e6, tables, compression };
  const assumed = { ...ASSUMED, hours };
  console.log(JSON.stringify({ ...capacity(day, assumed), limits: limitsOf(day, assumed) }, null, 2));
}
