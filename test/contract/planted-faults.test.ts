import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../src/ingest/business-date.js';
import { requireJson } from '../../src/ingest/documents/json-object.js';
import { dayFiguresSchema } from '../../src/quality/day-figures.js';
import type { Finding } from '../../src/quality/finding.js';
import { type QualityReport, qualityReportSchema } from '../../src/quality/quality-report.js';
import type { DaySummary } from '../../src/quality/summary-json.js';
import type { ObjectStore } from '../../src/store/object-store.js';
import { LocalDay } from '../support/local-day.js';
import { forgetDay, PlantedDay } from '../support/planted-day.js';
import { type Expected, PLANTED, PLANTED_DATE, type PlantedFault } from '../support/planted-faults.js';

const KEYS = { id: 'guests-of-orders', kind: 'unique', table: 'orders', columns: ['guest'], threshold: 1 };
const WEEKS = 4;

interface Judged {
  report: QualityReport;
  text: string;
  findings: Finding[];
}

/** Real archives through the real stages; a day after four ordinary weeks shares them with the others. */
class Days {
  #ordinary: LocalDay | undefined;

  async prepare(): Promise<void> {
    this.#ordinary = await LocalDay.create({ quality: { rules: [KEYS] } });
    for (let back = WEEKS * 7; back > 0; back--) {
      const date = addDays(PLANTED_DATE, -back);
      const day = PlantedDay.make(date, { seed: back });
      await day.run(this.#ordinary.on(date));
    }
  }

  async remove(): Promise<void> {
    await this.#ordinary?.remove();
  }

  async judge(day: PlantedDay, config: Record<string, unknown> = {}, history = false): Promise<Judged> {
    if (!history) {
      const local = await LocalDay.create(config);
      try {
        await day.run(local);
        return await read(local.store, local);
      } finally {
        await local.remove();
      }
    }
    const { store, root } = this.#ordinary!;
    const quality = { rules: [KEYS], ...(config.quality as object) };
    const local = LocalDay.at(store, root, PLANTED_DATE, { ...config, quality });
    try {
      await day.run(local);
      return await read(store, local);
    } finally {
      await forgetDay(root, local.layout.partner, PLANTED_DATE);
    }
  }
}

async function read(store: ObjectStore, { layout }: LocalDay): Promise<Judged> {
  const keys = layout.version(1);
  const text = (await store.getBytes(keys.quality)).toString();
  const report = await requireJson(store, keys.quality, qualityReportSchema);
  const { findings } = JSON.parse((await store.getBytes(keys.summary)).toString()) as DaySummary;
  expect(dayFiguresSchema.parse(JSON.parse((await store.getBytes(keys.figures)).toString())).date).toBe(
    PLANTED_DATE,
  );
  return { report, text, findings };
}

function told({ findings }: Judged): Finding[] {
  return findings.filter(({ severity }) => severity !== 'info');
}

function says(finding: Finding, expected: Expected): boolean {
  const { column, archive, ...rest } = expected;
  // What is said of a column is another thing than the same of its table; an archive is named only where it is known.
  if (column !== finding.column && finding.code === 'null-ratio') return false;
  return (
    Object.entries(rest).every(([name, value]) => finding[name as keyof Finding] === value) &&
    (column === undefined || finding.column === column) &&
    (archive === undefined || finding.archive === archive)
  );
}

/** By threshold, not by single archive, row or member. */
function isMeasured(finding: Finding): boolean {
  return finding.measure !== undefined;
}

function requireScoreAddsUp({ report }: Judged): void {
  const points = report.penalties.reduce((sum, penalty) => sum + penalty.points, 0);
  expect(report.score).toBe(100 - points);
  for (const { name, evidence } of report.penalties) expect(evidence.count, name).toBeGreaterThan(0);
}

const days = new Days();
beforeAll(() => days.prepare());
afterAll(() => days.remove());

describe('a planted fault is found, named and located; just below its threshold nothing is said', () => {
  it.each(PLANTED)('$name', async ({ make, size, config, history, ...fault }: PlantedFault) => {
    const planted = () => make(PlantedDay.make(PLANTED_DATE, size));
    const judged = await days.judge(planted(), config, history);
    requireScoreAddsUp(judged);
    const found = told(judged);
    if (fault.finds === undefined) {
      const measured = found
        .filter(isMeasured)
        .filter((finding) => says(finding, { code: fault.silent!.code }));
      expect(measured.filter(({ column }) => column === fault.silent!.column)).toEqual([]);
    } else {
      const fitting = found.filter((finding) => says(finding, fault.finds!));
      expect(fitting, JSON.stringify(found, null, 1)).not.toEqual([]);
      expect(judged.report.score).toBeLessThan(100);
    }
    const expected = new Set<string>([...(fault.also ?? []), ...(fault.finds ? [fault.finds.code] : [])]);
    expect(
      found.filter(({ code }) => !expected.has(code)),
      'a false alarm',
    ).toEqual([]);
    // The same archives, the same verdict.
    if (fault.name.includes('at the threshold'))
      expect((await days.judge(planted(), config, history)).text).toBe(judged.text);
  });

  it('in at least 60 partner-days', () => {
    expect(PLANTED.length).toBeGreaterThanOrEqual(60);
  });
});

describe('of an ordinary day nothing is said, and it scores 100', () => {
  const seeds = Array.from({ length: 40 }, (_, index) => index + 1);
  it.each(seeds)('seed %i', async (seed) => {
    // Within what is usual: up to a tenth more or fewer rows, and archives a little earlier or later.
    const wobble = (most: number, phase: number) => Math.round(most * Math.sin(seed * phase));
    const day = PlantedDay.make(PLANTED_DATE, {
      orders: 100 + wobble(10, 1.7),
      guests: 100 + wobble(10, 2.3),
      seed: 1000 + seed,
    });
    day.arrival = 60 + wobble(25, 3.1);
    const judged = await days.judge(day, {}, seed % 2 === 0);
    expect(told(judged)).toEqual([]);
    expect(judged.report).toMatchObject({ score: 100, penalties: [], gate: { outcome: 'publish' } });
    const enough = seed % 2 === 0 ? 'enough history' : 'not enough history';
    expect(judged.report.history.verdict).toBe(enough);
  });
});
