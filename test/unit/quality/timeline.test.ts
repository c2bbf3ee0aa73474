import { afterEach, expect, it } from 'vitest';
import { requireJson } from '../../../src/ingest/documents/json-object.js';
import { qualityReportSchema } from '../../../src/quality/quality-report.js';
import { LocalDay } from '../../support/local-day.js';
import { archiveName, memberName, PlantedDay } from '../../support/planted-day.js';

const open: LocalDay[] = [];
afterEach(async () => {
  for (const day of open.splice(0)) await day.remove();
});

it('the schema timeline says of every change where it began and how much of the day has it', async () => {
  const root = await LocalDay.create();
  open.push(root);
  await PlantedDay.make('2026-11-20').run(root.on('2026-11-20'));
  const day = PlantedDay.make('2026-11-21');
  for (const n of [4, 6]) day.member('orders', n).header.push('channel');
  day.member('orders', 5).header = ['id', 'guest', 'ordered', 'note'];
  day.member('guests', 7).header = ['name', 'id', 'country'];
  const renamed = day.member('guests', 8);
  renamed.header = ['id', 'guest_name', 'country'];
  for (const row of renamed.rows) row.guest_name = row.name!;
  for (const n of [9, 11]) day.member('orders', n).rows[1]!.amount = 'n/a';
  const local = root.on('2026-11-21');
  await day.run(local);
  const { timeline } = await requireJson(local.store, local.layout.version(1).quality, qualityReportSchema);
  const at = (table: string, n: number) => ({
    table,
    archive: local.key(archiveName(n)),
    member: memberName(table, '2026-11-21', n),
    batch: String(n),
  });
  expect(timeline).toEqual([
    { ...at('orders', 4), kind: 'added', column: 'channel', members: 2, rows: 10 },
    { ...at('orders', 5), kind: 'removed', column: 'amount', members: 1, rows: 5 },
    { ...at('guests', 7), kind: 'reordered', column: 'name', members: 1, rows: 5 },
    { ...at('guests', 8), kind: 'added', column: 'guest_name', members: 1, rows: 5 },
    { ...at('guests', 8), kind: 'renamed', column: 'guest_name', was: 'name', members: 1, rows: 5 },
    { ...at('guests', 8), kind: 'removed', column: 'name', members: 1, rows: 5 },
    { ...at('orders', 9), kind: 'retyped', column: 'amount', members: 2, rows: 10 },
  ]);
});
