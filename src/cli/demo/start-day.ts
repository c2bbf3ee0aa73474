import type { DemoDay } from '../../demo/demo-plan.js';
import { partnerDayId } from '../../workflows/names.js';
import type { TemporalClient } from '../temporal/connect.js';
import type { DayToFollow } from '../temporal/follow-day.js';
import { sendArrival } from '../temporal/send-arrival.js';

/** Says what the partner would say: its archives have landed; and that it was all, where no object says so. */
export async function startDay(
  { client }: TemporalClient,
  partner: string,
  { date, completion }: DemoDay,
): Promise<DayToFollow> {
  if (completion.by === 'signal') {
    const { source, archives, bytes } = completion;
    await sendArrival(client, partner, date, 'sourceComplete', { source, archives, bytes });
  } else {
    const manifest = completion.by === 'manifest' ? { manifest: completion.key } : {};
    await sendArrival(client, partner, date, 'sourceArrived', { source: 'main', ...manifest });
  }
  return { partner, date, handle: client.workflow.getHandle(partnerDayId(partner, date)) };
}
