import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rulesOf } from '../../../src/config/rules-of.js';
import { inspect } from '../../../src/ingest/extraction/inspect.js';
import { maskRow } from '../../../src/report/partner/mask-values.js';
import { renderPartnerPage } from '../../../src/report/partner/partner-page.js';
import { gatherPartnerReport, type PartnerReport } from '../../../src/report/partner/partner-report.js';
import { LocalDay } from '../../support/local-day.js';
import { tarFile, tarGz } from '../../support/tar-builder.js';

const SECRET = 'kim@example.com';
const HEADER = 'id,email,price\n';

describe('the report for a partner', () => {
  let day: LocalDay;
  beforeEach(async () => {
    day = await LocalDay.create({ tables: { stays: { types: { id: 'integer' } } } });
  });
  afterEach(async () => {
    await day.remove();
  });

  const report = (): Promise<PartnerReport> =>
    gatherPartnerReport({
      store: day.store,
      config: day.config,
      date: day.layout.date,
      codeVersion: '0.1.0',
      now: new Date('2026-11-22T00:00:00Z'),
    });

  async function findingsIn(sample: Buffer): Promise<string[]> {
    const { findings } = await inspect({
      name: 'sample.tar.gz',
      bytes: sample.length,
      open: async function* () {
        yield sample;
      },
      rules: rulesOf(day.config).rules,
      anyName: false,
    });
    return findings.map(({ code }) => code);
  }

  it('has for each fault the smallest archive found in which the same fault is found, with values masked', async () => {
    const good = `${HEADER}1,${SECRET},2\n`.repeat(1).concat(`2,${SECRET},3\n`.repeat(400));
    await day.land('a.tar.gz', {
      'orders_20261121_1.csv': `${HEADER}1,${SECRET}\n2,${SECRET},5,6\n3,${SECRET},5\n`,
      'stays_20261121_1.csv': `${HEADER}1,${SECRET},5\nx77,${SECRET},5\n`,
      'guests_20261121_1.csv': Buffer.concat([
        Buffer.from(`${HEADER}1,`),
        Buffer.from([0xff, 0xfe]),
        Buffer.from(',7\n'),
      ]).toString('latin1'),
      'rates_20261121_1.csv': `id,id\n1,${SECRET}\n`,
      'rates_20261121_2.csv': `id,price\n1,2\n`,
    });
    const bytes = Buffer.concat([
      Buffer.from(`${HEADER}1,`),
      Buffer.from([0xff]),
      Buffer.from(`${SECRET},7\n`),
    ]);
    await day.land('b.tar.gz', tarGz(tarFile('cities_20261121_1.csv', bytes)));
    const whole = tarGz(tarFile('orders_20261121_2.csv', good));
    await day.land('c.tar.gz', whole.subarray(0, whole.length - 30));
    await day.land('d.tar.gz', Buffer.from('no archive'));
    await day.run();

    const { faults } = await report();
    const codes = faults.map(({ code }) => code);
    for (const code of [
      'row-short',
      'row-long',
      'row-encoding',
      'row-type',
      'member-duplicate-column',
      'archive-cut',
      'archive-not-gzip',
    ])
      expect(codes).toContain(code);
    for (const { code, sample } of faults) {
      expect(sample, code).toBeDefined();
      expect(sample!.length, code).toBeLessThan(1_000);
      expect(await findingsIn(sample!), code).toContain(code);
      const text = code.startsWith('archive-') ? sample! : gunzipSync(sample!);
      expect(text.includes('kim'), code).toBe(false);
    }
  });

  it('lists what is missing and the ten worst members, the worst first', async () => {
    day.said = {
      completedBy: 'manifest',
      announced: [{ key: day.key('a.tar.gz') }, { key: day.key('gone.tar.gz') }],
    };
    const members: Record<string, string> = {};
    for (let n = 1; n <= 12; n++)
      members[`orders_20261121_${n}.csv`] = `${HEADER}${'1,2\n'.repeat(n)}1,2,3\n`;
    await day.land('a.tar.gz', { ...members, 'stays_20261121_1.csv': 'id,id\n1,2\n' });
    await day.run();
    const { gaps, worst, setAside } = await report();
    expect(gaps[0]).toBe(`${day.key('gone.tar.gz')} was announced`);
    expect(worst).toHaveLength(10);
    expect(worst.slice(0, 3).map(({ member, rows }) => [member, rows])).toEqual([
      ['stays_20261121_1.csv', 'all'],
      ['orders_20261121_12.csv', 12],
      ['orders_20261121_11.csv', 11],
    ]);
    expect(setAside).toEqual({ archive: 0, member: 1, row: 78 });
  });

  it('names tables that were refused although nothing of them was set aside, with a sample', async () => {
    day.reconfigure({
      tables: { stays: { columns: ['id'], types: { id: 'integer' }, contract: { types: 'freeze' } } },
    });
    await day.land('a.tar.gz', { 'stays_20261121_1.csv': 'id\n1\nx2\n' });
    await day.run();
    const made = await report();
    expect(made.refused).toMatchObject([{ table: 'stays', because: expect.stringContaining('integer') }]);
    expect(made.faults.map(({ code, sample }) => [code, sample !== undefined])).toContainEqual([
      'row-type',
      true,
    ]);
    expect(renderPartnerPage(made)).toContain('refused: 1 table');
  });

  it('says so when everything was loaded, and lets no name become markup', async () => {
    await day.land('a.tar.gz', { 'orders_20261121_1.csv': 'id\n1\n', 'stays_20261121_1.csv': 'id\n1\n' });
    await day.run();
    const calm = await report();
    expect(renderPartnerPage(calm)).toContain('Everything you sent was loaded');
    const hostile = { ...calm, name: '<script>x</script>', gaps: ['<img src=x onerror=y>'] };
    expect(renderPartnerPage(hostile)).not.toMatch(/<script|<img/);
  });
});

describe('masking a row', () => {
  const dialect = { delimiter: ',', quote: '"' };
  const mask = (row: string, masking: { values: 'all' | 'none'; show: string[] }) =>
    maskRow(Buffer.from(row), ['id', 'name', 'note'], dialect, masking).toString();

  it('leaves its form', () => {
    const masking = { values: 'all' as const, show: [] };
    expect(mask('4711,"Kim, ""Lee""",서울 A-1\n', masking)).toBe('9999,"Xxx, ""Xxx""",xx X-9\n');
  });

  it('shows what the configuration shows', () => {
    expect(mask('4711,Kim,x\n', { values: 'all', show: ['id'] })).toBe('4711,Xxx,x\n');
    expect(mask('4711,Kim,x\n', { values: 'none', show: [] })).toBe('4711,Kim,x\n');
  });

  it('keeps bytes that are no text', () => {
    const row = Buffer.from([0x61, 0xff, 0x2c, 0xc3, 0x28]);
    const masked = maskRow(row, ['a', 'b'], dialect, { values: 'all', show: [] });
    expect([...masked]).toEqual([0x78, 0xff, 0x2c, 0xc3, 0x28]);
  });
});
