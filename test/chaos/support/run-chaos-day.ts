import type { InjectedFault } from '../../../src/store/faults/fault-book.js';
import type { StoreCall } from '../../support/deployment.js';
import { ChaosDay, type ChaosDayOptions } from './chaos-day.js';
import { checkDay, type FoundDay, isSound, type Verdict } from './check-day.js';
import type { Schedule } from './fault-schedule.js';
import type { HttpFault } from './http-faults.js';
import { readFoundDay } from './read-found-day.js';

export interface ChaosDayReport {
  readonly schedule: Schedule;
  readonly verdict: Verdict;
  readonly found: FoundDay;
  readonly faults: readonly InjectedFault[];
  readonly http: readonly HttpFault[];
  readonly outside: readonly string[];
  readonly calls: readonly StoreCall[];
  readonly seconds: number;
}

/** Runs a day and says what came of it. `undisturbed`: SHA-256 of every table of a run without faults. */
export async function runChaosDay(
  options: ChaosDayOptions,
  undisturbed?: Readonly<Record<string, string>>,
): Promise<ChaosDayReport> {
  const started = Date.now();
  const day = await ChaosDay.prepare(options);
  try {
    await day.run();
    const report = await reportOf(day, options, undisturbed, started);
    if (isSound(report.verdict)) await day.remove();
    else console.log(`left for inspection: ${day.dir}`);
    return report;
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`${message}; left for inspection: ${day.dir}`, { cause: error });
  } finally {
    await day.stop();
  }
}

async function reportOf(
  day: ChaosDay,
  { schedule, known }: ChaosDayOptions,
  undisturbed: Readonly<Record<string, string>> | undefined,
  started: number,
): Promise<ChaosDayReport> {
  const found = await day.withStore((store) => readFoundDay(store, day.partner, known.date));
  const own = Object.fromEntries([...found.tables].map(([table, { sha256 }]) => [table, sha256]));
  return {
    schedule,
    verdict: checkDay(known.expected, found, undisturbed ?? own),
    found,
    faults: day.faults(),
    http: day.http,
    outside: day.outside,
    calls: day.calls(),
    seconds: (Date.now() - started) / 1_000,
  };
}

/** Unfinished uploads and intermediate objects that nobody removed. */
export function leftoversOf(day: ChaosDay, date: string): Promise<string[]> {
  return day.withStore(async (store) => {
    const prefix = `${day.partner}/${date}/`;
    const left: string[] = [];
    for await (const { key } of store.listUploads(prefix)) left.push(`upload of ${key}`);
    for await (const { key } of store.list(prefix)) if (/\/v\d+\/compose\//.test(key)) left.push(key);
    return left;
  });
}
