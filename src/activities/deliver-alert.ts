import { log } from '@temporalio/activity';
import { deliverAlert as deliver } from '../alerts/deliver-alert.js';
import { PartnerDayLayout } from '../ingest/layout.js';
import type { ControlActivities } from './contract.js';
import type { Dependencies } from './dependencies.js';
import { withPulse } from './heartbeat.js';

export function deliverAlert({ store, alertChannels }: Dependencies): ControlActivities['deliverAlert'] {
  return ({ partner, date, alertKey, since }) =>
    withPulse(async ({ signal }) => {
      const { channels, problems } = alertChannels(partner);
      for (const { name, variable, problem } of problems)
        log.error('[ERROR] an alert cannot be sent', { partner, date, channel: name, variable, problem });
      const layout = new PartnerDayLayout(partner, date);
      const delivered = await deliver({ store, layout, channels, alertKey, since: new Date(since), signal });
      const pauses: number[] = [];
      for (const { channel, outcome, detail, retryInMs } of delivered) {
        const told = { partner, date, channel, outcome, detail };
        if (outcome === 'sent' || outcome === 'told') log.info('an alert was told', told);
        else if (outcome === 'again') log.warn('an alert could not be sent; it will be tried again', told);
        else log.error('[ERROR] an alert may not have reached anybody', told);
        if (retryInMs !== undefined) pauses.push(retryInMs);
      }
      const outcomes = Object.fromEntries(delivered.map(({ channel, outcome }) => [channel, outcome]));
      return pauses.length === 0 ? { outcomes } : { outcomes, retryInMs: Math.min(...pauses) };
    });
}
