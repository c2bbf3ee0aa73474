import type { WorkflowHandle } from '@temporalio/client';
import { sourceComplete } from '../../workflows/messages.js';
import type { partnerDay } from '../../workflows/partner-day.js';
import type { Cli } from '../cli.js';
import type { TemporalClient } from './connect.js';
import { explainRefusals } from './refusals.js';
import { describeDay, queryProgress } from './running-days.js';
import { PARTNER_DAY, startOptions } from './start-options.js';

/**
 * Starts a day that takes what is listed now. A day that is open already is joined; if it waits for sources, they are
 * declared complete.
 */
export async function startSealed(
  cli: Cli,
  { client }: TemporalClient,
  partner: string,
  date: string,
): Promise<WorkflowHandle<typeof partnerDay>> {
  const open = await describeDay(client, partner, date);
  const handle = await explainRefusals(
    client.workflow.start<typeof partnerDay>(PARTNER_DAY, startOptions(partner, date, 'seal')),
  );
  if (open?.status !== 'RUNNING') return handle;
  cli.note(`${partner} ${date} is already running; joining it`);
  const progress = await queryProgress(client, partner, date);
  if (progress?.stage !== 'waiting') return handle;
  const waiting = progress.sources.filter((source) => !source.complete);
  for (const { source } of waiting) {
    cli.note(`declaring source ${source} complete with what has landed`);
    await handle.signal(sourceComplete, { source });
  }
  return handle;
}
