import type { Cli } from '../cli.js';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { TemporalClient } from '../temporal/connect.js';
import { type DayToFollow, followDays } from '../temporal/follow-day.js';
import { printDay } from './print-day.js';

/** Follows a day to its end and prints what was published. */
export async function waitForDay(
  cli: Cli,
  { client }: TemporalClient,
  day: DayToFollow,
  timeoutMs: number | undefined,
): Promise<ExitCode> {
  const { partner, date } = day;
  const [followed] = await followDays(cli, client, [day], { timeoutMs }).catch((error: unknown) => {
    if (cli.signal.aborted)
      cli.note(`${partner} ${date} goes on: partnerday status ${partner} ${date} --watch`);
    throw error;
  });
  if (followed!.end === 'open') {
    throw new CliError(
      EXIT.timeout,
      `${partner} ${date} is not finished yet; it goes on without this command`,
      `partnerday status ${partner} ${date} --watch`,
    );
  }
  return printDay(cli, partner, date, followed);
}
