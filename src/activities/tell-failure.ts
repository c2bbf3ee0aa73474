import { log } from '@temporalio/activity';
import { PartnerDayLayout } from '../ingest/layout.js';
import { readPointer } from '../ingest/publication/pointer.js';
import { writeAlertOnce } from '../ingest/publication/write-alert.js';
import { failureAlert } from '../quality/failure-alert.js';
import type { ControlActivities } from './contract.js';
import type { Dependencies } from './dependencies.js';

export function tellFailure({ store, partners }: Dependencies): ControlActivities['tellFailure'] {
  return async ({ partner, date, runId, error }) => {
    const layout = new PartnerDayLayout(partner, date);
    const published = (await readPointer(store, layout))?.publication;
    // The configuration the run pinned may be what it could not read.
    const consumers = (await partners()).get(partner)?.consumers ?? [];
    const alert = failureAlert({ partner, date, error, published: published?.version, consumers });
    const alertKey = await writeAlertOnce(store, layout.failureAlert(runId), alert);
    log.error('[ERROR] a partner-day failed', { partner, date, error, alertKey });
    return { alertKey };
  };
}
