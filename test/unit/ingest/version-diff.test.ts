import { afterEach, expect, it } from 'vitest';
import { requireJson } from '../../../src/ingest/documents/json-object.js';
import { versionDiffSchema } from '../../../src/ingest/publication/version-diff.js';
import { LocalDay } from '../../support/local-day.js';
import { layout } from '../../support/manifests.js';

const member = (batch: number, table = 'orders') => `${table}_20261121_${batch}.csv`;

const days: LocalDay[] = [];
afterEach(async () => {
  for (const day of days.splice(0)) await day.remove();
});

it('a version says what readers get otherwise than before, and what superseded what', async () => {
  const day = await LocalDay.create();
  days.push(day);
  await day.land('a.tar.gz', { [member(1)]: 'id,old\n1,x\n', [member(1, 'items')]: 'id\n1\n' });
  await day.land('b.tar.gz', { [member(2, 'items')]: 'id\n2\n' });
  await day.land('c.tar.gz', { [member(3, 'notes')]: 'id\n3\n' });
  await day.run();
  expect(await day.store.head(layout.version(1).diff)).toBeUndefined();
  const [before] = await day.landed();
  await day.land('a.tar.gz', { [member(1)]: 'id,new\n1,x\n2,y\n' });
  await day.land('d.tar.gz', { [member(4)]: 'id,new\n4,z\n' });
  await day.run();
  const diff = await requireJson(day.store, layout.version(2).diff, versionDiffSchema);
  const now = (await day.landed()).find(({ key }) => key === day.key('a.tar.gz'))!;
  expect(diff).toEqual({
    format: 1,
    partner: layout.partner,
    date: layout.date,
    version: 2,
    against: 1,
    tables: [
      {
        table: 'items',
        status: 'merged',
        rowsBefore: 2,
        rows: 1,
        columnsAdded: [],
        columnsRemoved: [],
        reordered: false,
      },
      {
        table: 'orders',
        status: 'merged',
        rowsBefore: 1,
        rows: 3,
        columnsAdded: ['new'],
        columnsRemoved: ['old'],
        reordered: false,
      },
    ],
    unchangedTables: 1,
    archives: {
      came: 2,
      went: 1,
      newKeys: [day.key('d.tar.gz')],
      superseded: [
        {
          key: day.key('a.tar.gz'),
          before: { etag: before!.etag, bytes: before!.bytes },
          now: { etag: now.etag, bytes: now.bytes },
        },
      ],
    },
  });
});

it('a table that recovers is a change without an archive', async () => {
  const day = await LocalDay.create();
  days.push(day);
  await day.land('a.tar.gz', { [member(1)]: 'id\n1\n', [member(1, 'items')]: 'id\n1\n' });
  await day.run(undefined, ['orders']);
  await day.run();
  const diff = await requireJson(day.store, layout.version(2).diff, versionDiffSchema);
  expect(diff.tables).toMatchObject([{ table: 'orders', status: 'merged', rowsBefore: 0, rows: 1 }]);
  expect(diff.archives).toEqual({ came: 0, went: 0, newKeys: [], superseded: [] });
});
