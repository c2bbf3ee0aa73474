import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readDay } from '../../src/cli/day/day-report.js';
import { explainDay } from '../../src/cli/day/explain-day.js';
import { readDayState } from '../../src/ingest/day-state.js';
import { requireJson } from '../../src/ingest/documents/json-object.js';
import { manifestSchema } from '../../src/ingest/manifest.js';
import { verifyDay } from '../../src/ingest/publication/verify-day.js';
import { sweepDay } from '../../src/ingest/retention/sweep-day.js';
import { readPublishedRows } from '../../src/ingest/trace/published-rows.js';
import { traceRow } from '../../src/ingest/trace/trace-row.js';
import { LocalDay } from '../support/local-day.js';
import { DATE } from '../support/manifests.js';
import { landByContent, RECORDED_DAYS, restoreDay } from '../support/recorded-day.js';
import { tarFile, tarGz } from '../support/tar-builder.js';

const recorded = readdirSync(RECORDED_DAYS).sort();

it('every released version has left a day', () => {
  expect(recorded.length).toBeGreaterThan(0);
});

/** What is written once is read for years: every document of every released version, with the code of today. */
describe.each(recorded)('a day written by %s', (file) => {
  let day: LocalDay;
  beforeEach(async () => {
    day = await restoreDay(file);
  });
  afterEach(() => day.remove());

  it('is read: report, explanation, check, sweep and the way back from a row to its line', async () => {
    const { store, layout, config } = day;
    const report = (await readDay(store, layout))!;
    expect(report).toMatchObject({ version: 2, status: 'published' });
    expect(report.archives).toMatchObject({ merged: 3, duplicate: 1, quarantined: 1, salvaged: 1 });
    expect(report.tables.map(({ table, status }) => [table, status])).toEqual([
      ['guests', 'merged'],
      ['orders', 'merged'],
      ['stays', 'merged'],
    ]);
    expect(report.ledger!.holds).toBe(true);
    expect((await explainDay(store, layout, report)).day.length).toBeGreaterThan(0);
    expect((await verifyDay(store, layout)).ok).toBe(true);
    const traced = await traceRow(await readPublishedRows(store, layout, 'orders'), 4);
    expect(traced).toMatchObject({ manifest: { archive: { key: day.key('b.tar.gz') } }, line: 4 });
    const state = await readDayState(store, layout);
    expect(state.versions).toEqual([1, 2]);
    for (const { archiveId, rulesId } of state.plan!.archives) {
      if (archiveId === undefined || rulesId === undefined) continue;
      await requireJson(store, layout.manifest(archiveId, rulesId), manifestSchema);
    }
    const swept = await sweepDay({
      store,
      layout,
      config,
      now: new Date('2030-01-01'),
      isRunning: async () => false,
      named: async () => new Set(),
      dryRun: true,
    });
    expect(swept.state).toBe('swept');
  });

  it('goes on: a late archive makes the next version, which holds what it would hold if today’s code had done it all', async () => {
    const late = tarGz(tarFile(`orders_${DATE.replaceAll('-', '')}_9.csv`, 'id,name\n9,late\n'));
    await landByContent(day, 'z-late.tar.gz', late);
    const get = vi.spyOn(day.store, 'get');
    expect(await day.run()).toMatchObject({ version: 3 });
    const read = get.mock.calls.map(([key]) => key).filter((key) => key.startsWith('landing/'));
    expect(read).toEqual([day.key('z-late.tar.gz')]);

    const afresh = await LocalDay.create();
    try {
      for await (const { key } of day.store.list(day.key(''))) {
        await afresh.store.put(key, await day.store.getBytes(key), { ifNoneMatch: '*' });
      }
      await afresh.run();
      expect(await tablesOf(day)).toEqual(await tablesOf(afresh));
    } finally {
      await afresh.remove();
    }
  });
});

async function tablesOf({ store, layout }: LocalDay): Promise<Record<string, string>> {
  const tables: Record<string, string> = {};
  for (const { table, key } of (await readDay(store, layout))!.tables) {
    tables[table] = (await store.getBytes(key!)).toString();
  }
  return tables;
}
