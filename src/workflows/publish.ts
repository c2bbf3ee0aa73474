import {
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { PublishedVersion } from '../activities/contract.js';
import type { Day } from './day.js';
import { dayHeld } from './messages.js';
import { searchAttributes } from './search-attributes.js';
import { startAnnouncing } from './start-announcing.js';
import { tellAirflow } from './tell-airflow.js';

/** Publishes the planned version with whatever has merged. A version that is out and complete is left alone. */
export async function publish(day: Day): Promise<void> {
  const { planned, state } = day;
  if (planned.published && state.mergedNow === 0) {
    day.enter('published', `version ${planned.version} is published and nothing has changed`);
    return;
  }
  await publishAs(day, planned.version, planned.published);
}

/** Tables that failed in a published version and have merged since make the next version. */
export async function publishRecovered(day: Day): Promise<void> {
  await publishAs(day, day.state.version!, true);
}

async function publishAs(day: Day, version: number, recovery: boolean): Promise<void> {
  const { state } = day;
  const { workflowId, runId } = workflowInfo();
  const summary = recovery ? 'publish recovered tables' : `publish version ${version}`;
  day.enter('publishing', summary);
  const publishedAt = new Date().toISOString();
  const published = await day.tries('publish', () =>
    day.control.publishVersion.executeWithOptions({ summary }, [
      {
        ...day.ref,
        version,
        recovery,
        failures: [...state.failures.values()],
        publishedAt,
        workflowId,
        runId,
      },
    ]),
  );
  state.published(published.version, published.score);
  day.status = published.status;
  upsertSearchAttributes([
    { key: searchAttributes.qualityScore, value: published.score },
    { key: searchAttributes.failedTables, value: published.failedTables },
  ]);
  day.enter(published.status, `version ${published.version} is ${published.status}`);
  await startAnnouncing(day, `v${published.version}`, {
    alertKey: published.alertKey,
    published: published.status === 'published',
  });
  if (published.status === 'held') await untilDecided(day, published);
  if (day.status === 'published') await tellAirflow(day, published.version);
}

/** Readers keep the earlier version until somebody decides; the day stays open meanwhile. */
async function untilDecided(day: Day, held: PublishedVersion): Promise<void> {
  const { partner, date } = day;
  day.enter(
    'held',
    `version ${held.version} scores ${held.score} and waits for a decision: partnerday explain ${partner} ${date}`,
  );
  await tellBackfill(day, held);
  await condition(() => day.decision !== undefined);
  const decision = day.decision!;
  const { status } = await day.tries('decide', () =>
    day.control.applyDecision.executeWithOptions(
      { summary: `${decision.action} version ${decision.version}` },
      [{ partner, date, decision, decidedAt: new Date().toISOString() }],
    ),
  );
  day.status = status;
  day.decision = undefined;
  await startAnnouncing(day, `v${held.version}-${decision.action}`, { published: status === 'published' });
}

/** A backfill does not wait with its other days until somebody has decided. */
async function tellBackfill({ input, date }: Day, { version, score }: PublishedVersion): Promise<void> {
  if (input.backfill === undefined) return;
  try {
    await getExternalWorkflowHandle(input.backfill.workflowId).signal(dayHeld, { date, version, score });
  } catch (error) {
    // It is over, and nobody waits.
    if (isCancellation(error)) throw error;
  }
}
