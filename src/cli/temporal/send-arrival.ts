import type { Client } from '@temporalio/client';
import {
  type SourceArrived,
  type SourceComplete,
  sourceArrived,
  sourceComplete,
} from '../../workflows/messages.js';
import type { partnerDay } from '../../workflows/partner-day.js';
import { explainRefusals } from './refusals.js';
import { PARTNER_DAY, startOptions } from './start-options.js';

/** Signal-with-start: reaches the open run, or starts one that waits for its sources. Needs no worker. */
export async function sendArrival(
  client: Client,
  partner: string,
  date: string,
  name: 'sourceArrived' | 'sourceComplete',
  body: SourceArrived | SourceComplete,
): Promise<string> {
  const options = startOptions(partner, date, 'wait');
  const handle = await explainRefusals(
    name === 'sourceArrived'
      ? client.workflow.signalWithStart<typeof partnerDay, [SourceArrived]>(PARTNER_DAY, {
          ...options,
          signal: sourceArrived,
          signalArgs: [body as SourceArrived],
        })
      : client.workflow.signalWithStart<typeof partnerDay, [SourceComplete]>(PARTNER_DAY, {
          ...options,
          signal: sourceComplete,
          signalArgs: [body as SourceComplete],
        }),
  );
  return handle.signaledRunId;
}
