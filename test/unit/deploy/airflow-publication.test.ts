import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordDecision } from '../../../src/ingest/publication/record-decision.js';
import { releaseVersion } from '../../../src/ingest/publication/release-version.js';
import { LocalDay } from '../../support/local-day.js';

const run = promisify(execFile);
const PROGRAM = `
import json, pathlib, sys
sys.path.insert(0, "deploy/airflow")
from partnerday_publication import HeldDay, NotGoodEnough, read_publication, require
store, tables, least = pathlib.Path(sys.argv[1]), json.loads(sys.argv[2]), int(sys.argv[3])
try:
    found = read_publication(store, sys.argv[4], sys.argv[5])
    print("waits" if found is None else f"v{require(found, tables, least).version} {found.key('orders')}")
except (HeldDay, NotGoodEnough) as refused:
    print(f"{type(refused).__name__}: {refused}")
`;

let day: LocalDay;
beforeEach(async () => {
  day = await LocalDay.create();
});
afterEach(() => day.remove());

async function dagSees(tables: string[] = [], leastScore = 0): Promise<string> {
  const { partner, date } = day.layout;
  const args = ['-c', PROGRAM, day.root, JSON.stringify(tables), String(leastScore), partner, date];
  return (await run('python3', args)).stdout.trim();
}

const rows = (batch: number) => ({ [`orders_20261121_${batch}.csv`]: `id\n${batch}\n` });

describe('the DAG that waits for a day', () => {
  it('waits while nothing is published, then reads what is', async () => {
    expect(await dagSees()).toBe('waits');
    await day.land('a.tar.gz', rows(1));
    await day.run();
    expect(await dagSees(['orders'])).toBe(`v1 ${day.layout.prefix}v1/orders.csv`);
  });

  it('refuses a held day, before and after another version is out, until somebody has decided', async () => {
    day.reconfigure({ quality: { holdBelow: 100 } });
    await day.land('a.tar.gz', rows(1));
    await day.run();
    expect(await dagSees()).toContain(
      'HeldDay: version 1 of acme 2026-11-21 scores 98 and waits for a decision',
    );
    await recordDecision(day.store, day.layout, {
      version: 1,
      action: 'release',
      by: 'me',
      why: 'seen',
      decidedAt: '2026-11-21T00:00:00Z',
    });
    expect(await dagSees()).toBe('waits');
    await releaseVersion(day.store, day.layout, 1);
    expect(await dagSees()).toBe(`v1 ${day.layout.prefix}v1/orders.csv`);
    await day.land('b.tar.gz', rows(2));
    await day.run();
    expect(await dagSees()).toContain('HeldDay: version 2');
    await recordDecision(day.store, day.layout, {
      version: 2,
      action: 'reject',
      by: 'me',
      why: 'bad',
      decidedAt: '2026-11-21T00:00:00Z',
    });
    expect(await dagSees()).toBe(`v1 ${day.layout.prefix}v1/orders.csv`);
  });

  it('refuses a day without a table that is needed, or of too low a score', async () => {
    await day.land('a.tar.gz', { ...rows(1), 'stays_20261121_1.csv': 'id\n1\n' });
    await day.run(undefined, ['stays']);
    expect(await dagSees(['orders'])).toContain('v1 ');
    expect(await dagSees(['orders', 'stays'])).toBe('NotGoodEnough: acme 2026-11-21: no fresh rows of stays');
    expect(await dagSees([], 99)).toContain('NotGoodEnough: acme 2026-11-21 scores');
  });
});
