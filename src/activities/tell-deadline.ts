import { log } from '@temporalio/activity';
import { writeDeadlineAlert } from '../ingest/arrivals/deadline-alert.js';
import { PartnerDayLayout } from '../ingest/layout.js';
import type { ControlActivities } from './contract.js';
import type { Dependencies } from './dependencies.js';
import { withPulse } from './heartbeat.js';

export function tellDeadline({ store, configs, metrics }: Dependencies): ControlActivities['tellDeadline'] {
  return ({ partner, date, configKey, deadline, when, completions, announcements }) =>
    withPulse(async ({ signal }) => {
      const layout = new PartnerDayLayout(partner, date);
      const config = await configs.read(configKey);
      const told = { completions, announcements };
      const alertKey = await writeDeadlineAlert({ store, layout, config, deadline, when, told, signal });
      if (alertKey === undefined) return {};
      const { source } = deadline;
      metrics.add('partnerday_deadline_alerts', 1, { partner, code: when });
      if (when === 'before-deadline')
        log.warn('a source is not complete', { partner, date, source, alertKey });
      else log.error('[ERROR] a source missed its deadline', { partner, date, source, alertKey });
      return { alertKey };
    });
}
