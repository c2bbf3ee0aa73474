import { applyDecision } from './apply-decision.js';
import { checkRelations } from './check-relations.js';
import { composeTable } from './compose-table.js';
import type { ControlActivities, ExtractActivities, MergeActivities } from './contract.js';
import { deliverAlert } from './deliver-alert.js';
import type { Dependencies } from './dependencies.js';
import { dropLeftovers } from './drop-leftovers.js';
import { emitLineage } from './emit-lineage.js';
import { extractGroup } from './extract-group.js';
import { toFailure } from './failure.js';
import { listBackfill } from './list-backfill.js';
import { listDueDays } from './list-due-days.js';
import { listDueReports } from './list-due-reports.js';
import { listExpired } from './list-expired.js';
import { planVersion } from './plan-version.js';
import { prepareDay } from './prepare-day.js';
import { publishVersion } from './publish-version.js';
import { recordLost } from './record-lost.js';
import { resumeVersion } from './resume-version.js';
import { tellDeadline } from './tell-deadline.js';
import { tellExhausted } from './tell-exhausted.js';
import { tellFailure } from './tell-failure.js';
import { triggerAirflow } from './trigger-airflow.js';
import { watchArrivals } from './watch-arrivals.js';
import { writeReport } from './write-report.js';

/** All activities by task queue, with domain errors mapped at the edge. */
export function createActivities(deps: Dependencies): {
  control: ControlActivities;
  extract: ExtractActivities;
  merge: MergeActivities;
} {
  return {
    control: {
      listDueDays: edge(listDueDays(deps)),
      listBackfill: edge(listBackfill(deps)),
      prepareDay: edge(prepareDay(deps)),
      watchArrivals: edge(watchArrivals(deps)),
      planVersion: edge(planVersion(deps)),
      listExpired: edge(listExpired(deps)),
      resumeVersion: edge(resumeVersion(deps)),
      publishVersion: edge(publishVersion(deps)),
      applyDecision: edge(applyDecision(deps)),
      tellDeadline: edge(tellDeadline(deps)),
      tellExhausted: edge(tellExhausted(deps)),
      tellFailure: edge(tellFailure(deps)),
      deliverAlert: edge(deliverAlert(deps)),
      writeReport: edge(writeReport(deps)),
      emitLineage: edge(emitLineage(deps)),
      listDueReports: edge(listDueReports(deps)),
      triggerAirflow: edge(triggerAirflow(deps)),
      recordLost: edge(recordLost(deps)),
      dropLeftovers: edge(dropLeftovers(deps)),
    },
    extract: { extractGroup: edge(extractGroup(deps)) },
    merge: { composeTable: edge(composeTable(deps)), checkRelations: edge(checkRelations(deps)) },
  };
}

function edge<Input, Output>(activity: (input: Input) => Promise<Output>): (input: Input) => Promise<Output> {
  return async (input) => {
    try {
      return await activity(input);
    } catch (error) {
      throw toFailure(error);
    }
  };
}
