import { PartnerDayLayout } from '../../ingest/layout.js';
import { StoreUnreachableError, StoreWriteError } from '../../store/errors.js';
import type { Cli } from '../cli.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Followed } from '../temporal/follow-day.js';
import { type DayReport, nothingPublished, readDay } from './day-report.js';
import { dayText } from './day-text.js';

/** These end a run that never got as far as its tables: the data is not to blame. */
const STORE_FAILURES = [StoreUnreachableError.name, StoreWriteError.name];

/** Prints the day from the store. `error`: why its run ended without publishing, `errorType`: the name of that error. */
export async function printDay(
  cli: Cli,
  partner: string,
  date: string,
  { error, errorType = '' }: Pick<Followed, 'error' | 'errorType'> = {},
): Promise<ExitCode> {
  const day = await readDay(await cli.store(), new PartnerDayLayout(partner, date));
  const report = error === undefined && day ? day : failedRun(partner, date, error, day);
  cli.print({ json: report, text: () => dayText(report, cli.style) });
  if (exitCodeOf(report) === EXIT.ok) return EXIT.ok;
  if (error !== undefined && STORE_FAILURES.includes(errorType)) {
    cli.note('Next: partnerday doctor');
    return EXIT.unreachable;
  }
  cli.note(`Next: partnerday explain ${partner} ${date}`);
  return EXIT.incomplete;
}

/** What a finished day means for the caller: 1 when tables failed or readers still see an older version. */
export function exitCodeOf(report: DayReport): ExitCode {
  const good = report.status === 'published' && report.error === null;
  return good && report.tables.every(({ status }) => status === 'merged') ? EXIT.ok : EXIT.incomplete;
}

/** A run that failed; an earlier version may still be published, and readers go on seeing it. */
function failedRun(
  partner: string,
  date: string,
  error: string | undefined,
  day: DayReport | undefined,
): DayReport {
  const why = error ?? 'the run ended and published nothing';
  return day ? { ...day, status: 'failed', error: why } : nothingPublished(partner, date, why);
}
