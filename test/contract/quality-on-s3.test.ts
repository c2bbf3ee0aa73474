import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addDays } from '../../src/ingest/business-date.js';
import { requireJson } from '../../src/ingest/documents/json-object.js';
import { qualityReportSchema } from '../../src/quality/quality-report.js';
import { S3Store } from '../../src/store/s3/s3-store.js';
import { LocalDay } from '../support/local-day.js';
import { archiveName, PlantedDay } from '../support/planted-day.js';
import { startVersitygw, type Versitygw } from '../support/versitygw.js';

const TODAY = '2026-11-21';
const RULES = [
  {
    id: 'orders-have-guests',
    kind: 'foreign-key',
    table: 'orders',
    columns: ['guest'],
    to: { table: 'guests', columns: ['id'] },
  },
];

let server: Versitygw;
let store: S3Store;
beforeAll(async () => {
  server = await startVersitygw();
  store = new S3Store({ bucket: server.bucket, endpoint: server.endpoint, env: server.env });
});
afterAll(async () => {
  await store.close();
  await server.stop();
});

it('a day on S3 is compared with earlier days, and its rules are checked, as on any store', async () => {
  const root = join(server.dataDir, server.bucket);
  const quality = { rules: RULES, history: { minDays: 7, minWeekdays: 1 } };
  for (let back = 8; back > 0; back--) {
    const date = addDays(TODAY, -back);
    await PlantedDay.make(date, { archives: 4, seed: back }).run(LocalDay.at(store, root, date, { quality }));
  }
  const local = LocalDay.at(store, root, TODAY, { quality });
  const day = PlantedDay.make(TODAY, { archives: 4, orders: 50 });
  day.rows('orders')[30]!.guest = 'nobody';
  await day.run(local);
  const report = await requireJson(store, local.layout.version(1).quality, qualityReportSchema);
  expect(report.history).toMatchObject({ verdict: 'enough history', days: 8, leftOut: [] });
  expect(report.checks.map(({ code, table }) => [code, table]).sort()).toEqual([
    ['row-count-change', 'orders'],
    ['rule-foreign-key', 'orders'],
    ['volume-change', undefined],
  ]);
  expect(report.rules[0]!.samples).toEqual([
    { key: { guest: 'nobody' }, rows: 1, archives: [local.key(archiveName(2))] },
  ]);
});
