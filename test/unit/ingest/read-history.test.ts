import { afterEach, describe, expect, it } from 'vitest';
import { requireJson } from '../../../src/ingest/documents/json-object.js';
import { readHistory } from '../../../src/ingest/publication/read-history.js';
import { qualityReportSchema } from '../../../src/quality/quality-report.js';
import { LocalDay } from '../../support/local-day.js';
import { PlantedDay } from '../../support/planted-day.js';

const TODAY = '2026-11-21';

describe('the days a day is compared with', () => {
  const open: LocalDay[] = [];
  afterEach(async () => {
    for (const day of open.splice(0)) await day.remove();
  });

  async function partner(quality: Record<string, unknown> = {}): Promise<LocalDay> {
    const local = await LocalDay.create({ quality });
    open.push(local);
    return local;
  }

  const small = { archives: 2, orders: 6, guests: 4 };

  it('are those that were published, each in the version readers see now', async () => {
    const local = await partner();
    const on = local.on('2026-11-18');
    const day = PlantedDay.make('2026-11-18', { ...small, archives: 3 });
    const late = day.archives.get('part-02.tar.gz')!;
    day.archives.delete('part-02.tar.gz');
    await day.run(on);
    day.archives.set('part-02.tar.gz', late);
    await day.run(on);
    await PlantedDay.make('2026-11-19', small).run(local.on('2026-11-19'));
    const { days, leftOut } = await readHistory(local.store, local.on(TODAY).layout, local.config);
    expect(days.map(({ date, version, archives }) => [date, version, archives])).toEqual([
      ['2026-11-18', 2, 3],
      ['2026-11-19', 1, 2],
    ]);
    expect(leftOut).toEqual([]);
  });

  it('are not those of which nothing is published, and not those that were marked, and it says why', async () => {
    const local = await partner({
      incidents: [{ from: '2026-11-17', to: '2026-11-18', why: 'a test drop' }],
      holdOn: ['day-unsigned'],
    });
    for (const date of ['2026-11-16', '2026-11-17', '2026-11-18'])
      await PlantedDay.make(date, small).run(local.on(date));
    const held = PlantedDay.make('2026-11-19', small);
    held.sealed = true;
    held.announced = undefined;
    await held.run(local.on('2026-11-19'));
    const { days, leftOut } = await readHistory(local.store, local.on(TODAY).layout, local.config);
    expect(days.map(({ date }) => date)).toEqual(['2026-11-16']);
    expect(leftOut).toEqual([
      { date: '2026-11-17', why: 'marked as an incident: a test drop' },
      { date: '2026-11-18', why: 'marked as an incident: a test drop' },
      { date: '2026-11-19', why: 'nothing of it is published' },
    ]);
  });

  it('do not have the tables that failed on them', async () => {
    const local = await partner();
    const on = local.on('2026-11-19');
    await PlantedDay.make('2026-11-19', small).run(on);
    const failed = local.on('2026-11-20');
    failed.failing.push('guests');
    await PlantedDay.make('2026-11-20', small).run(failed);
    const history = await readHistory(local.store, local.on(TODAY).layout, local.config);
    const rows = (table: string) => history.series(table, ({ tables }) => tables[table]?.rows);
    expect(rows('guests').map(({ date }) => date)).toEqual(['2026-11-19']);
    expect(rows('orders').map(({ date }) => date)).toEqual(['2026-11-19', '2026-11-20']);
  });

  it('are too few for a new partner, who is told so and nothing else', async () => {
    const local = await partner();
    await PlantedDay.make('2026-11-20', small).run(local.on('2026-11-20'));
    const today = local.on(TODAY);
    await PlantedDay.make(TODAY, { ...small, orders: 200 }).run(today);
    const report = await requireJson(local.store, today.layout.version(1).quality, qualityReportSchema);
    expect(report.history).toMatchObject({ verdict: 'not enough history', days: 1, needed: 21 });
    expect(report.checks).toEqual([]);
  });
});
