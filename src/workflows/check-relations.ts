import { log } from '@temporalio/workflow';
import { mergeActivities } from './activity-proxies.js';
import type { Day } from './day.js';
import { RestoreExpired } from './restore-expired.js';
import { faultOf, TriesUsedUp, withTries } from './tries.js';

/**
 * Checks the rules across tables before readers see the version. A rule that cannot be checked is a finding; it never
 * keeps the day from being published.
 */
export async function checkRelations(day: Day): Promise<void> {
  const { prepared, planned, state, partner, date } = day;
  const { relations = 0, configKey, policies } = prepared;
  if (relations === 0 || (planned.published && state.mergedNow === 0)) return;
  const summary = `check ${relations} ${relations === 1 ? 'rule' : 'rules'} across tables`;
  day.enter('publishing', summary);
  const { tries, backoff, timeout } = policies.rules;
  const proxy = mergeActivities({ partner, timeoutMs: timeout, heartbeatMs: policies.heartbeat });
  const check = () =>
    proxy.checkRelations.executeWithOptions({ summary }, [
      { partner, date, configKey, version: planned.version },
    ]);
  const tables = planned.tables.map(({ table, version }) => ({ table, version }));
  const expired = new RestoreExpired(day, tables, { relationsOf: configKey });
  try {
    await withTries(tries, backoff, summary, async () => {
      try {
        return await check();
      } catch (error) {
        if (faultOf(error).type !== 'SegmentsExpiredError') throw error;
        await expired.restore();
        day.enter('publishing', summary);
        return check();
      }
    });
  } catch (error) {
    if (!(error instanceof TriesUsedUp)) throw error;
    log.warn('rules across tables could not be checked', { partner, date, error: error.message });
  }
}
