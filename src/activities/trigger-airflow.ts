import { log } from '@temporalio/activity';
import { type Airflow, AirflowRefusedError, AirflowUnavailableError } from '../downstream/airflow.js';
import { dagRunOf } from '../downstream/dag-run.js';
import { PartnerDayLayout } from '../ingest/layout.js';
import { requirePublication } from '../ingest/publication/pointer.js';
import { type TriggerNote, writeTriggerNote } from '../ingest/publication/trigger-note.js';
import type { ControlActivities } from './contract.js';
import type { Dependencies } from './dependencies.js';
import { withPulse } from './heartbeat.js';

export function triggerAirflow({ store, airflow }: Dependencies): ControlActivities['triggerAirflow'] {
  return ({ partner, date, version, dag, last }) =>
    withPulse(async ({ signal }) => {
      const layout = new PartnerDayLayout(partner, date);
      const publication = await requirePublication(store, layout, { signal });
      // A newer version has a run of its own, and whoever reads today reads that.
      if (publication.version > version) return { outcome: 'overtaken' };
      const run = dagRunOf(dag, publication, store.url, layout.published);
      const note = async (
        outcome: TriggerNote['outcome'],
        detail?: string,
      ): Promise<{ outcome: typeof outcome }> => {
        const finding =
          detail === undefined
            ? {}
            : { finding: { code: 'downstream-not-told', severity: 'error', detail } as const };
        const what: TriggerNote = { format: 1, dag, runId: run.runId, outcome, ...finding };
        await writeTriggerNote(store, layout.version(version), what, { signal });
        if (detail === undefined) log.info('Airflow was told', { partner, date, version, dag, outcome });
        else log.error('[ERROR] Airflow was not told', { partner, date, version, dag, detail });
        return { outcome };
      };
      try {
        return await note(await required(airflow).trigger(run, signal));
      } catch (error) {
        if (error instanceof AirflowRefusedError) return note('refused', error.message);
        if (error instanceof AirflowUnavailableError && last) return note('given-up', error.message);
        throw error;
      }
    });
}

function required(airflow: Airflow | undefined): Airflow {
  if (airflow) return airflow;
  throw new AirflowRefusedError('the worker was started without PARTNERDAY_AIRFLOW_URL');
}
