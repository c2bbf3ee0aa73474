import { log } from '@temporalio/activity';
import { PartnerDayLayout } from '../ingest/layout.js';
import { writeFinalAlert } from '../ingest/publication/final-alert.js';
import type { ControlActivities } from './contract.js';
import type { Dependencies } from './dependencies.js';
import { withPulse } from './heartbeat.js';

export function tellExhausted({ store, configs, metrics }: Dependencies): ControlActivities['tellExhausted'] {
  return ({ partner, date, configKey, version, failures }) =>
    withPulse(async ({ signal }) => {
      const layout = new PartnerDayLayout(partner, date);
      const config = await configs.read(configKey);
      const byTable = new Map(failures.map((failure) => [failure.table, failure]));
      const alertKey = await writeFinalAlert({ store, layout, config, version, failures: byTable, signal });
      metrics.add('partnerday_tables_given_up', byTable.size, { partner });
      log.error('[ERROR] tables failed in every round', {
        partner,
        date,
        tables: [...byTable.keys()],
        alertKey,
      });
      return alertKey === undefined ? {} : { alertKey };
    });
}
