import type { Day } from './day.js';
import { airflowId } from './names.js';
import { startAside } from './start-aside.js';
import { triggerAirflow } from './trigger-airflow.js';

/** Sees to it that Airflow is told of a version, and waits for nothing: Airflow away is no reason for a day to stay. */
export async function tellAirflow(day: Day, version: number): Promise<void> {
  const dag = day.prepared.airflow?.dag;
  if (dag === undefined) return;
  const { partner, date } = day;
  await startAside(
    triggerAirflow,
    partner,
    {
      workflowId: airflowId(partner, date, version),
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      staticSummary: `trigger ${dag} for version ${version}`,
    },
    { partner, date, version, dag },
  );
}
