import { partnerDayId } from '../../workflows/names.js';
import type { Cli } from '../cli.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { TemporalClient } from '../temporal/connect.js';
import { describeDay } from '../temporal/running-days.js';
import { webLink } from '../temporal/web-link.js';

/** Says which run it is, where to look at it and what to type next. */
export async function reportStarted(
  cli: Cli,
  { client, namespace }: TemporalClient,
  partner: string,
  date: string,
): Promise<ExitCode> {
  const workflowId = partnerDayId(partner, date);
  const run = await describeDay(client, partner, date);
  const link = await webLink(cli, namespace, workflowId, run?.runId);
  cli.print({
    json: { partner, date, workflowId, runId: run?.runId ?? null, link: link ?? null },
    text: () => `${workflowId}${link ? `\n${link}` : ''}`,
  });
  cli.note(`Next: partnerday status ${partner} ${date} --watch`);
  return EXIT.ok;
}
