import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requirePublication } from '../../src/ingest/publication/pointer.js';
import { mergeId } from '../../src/workflows/names.js';
import { RealPartner } from '../support/real-partner.js';
import { startTemporal } from '../support/temporal-server.js';

const TABLES = Array.from({ length: 23 }, (_, index) => `table_${String(index).padStart(2, '0')}`);
const POISONED = TABLES[7]!;
const EARLIER = '2026-11-19';
const ROUNDS = 3;
const POLICIES = {
  extraction: { tries: 2, backoff: { initial: '10ms' } },
  merge: { tries: 2, backoff: { initial: '10ms' } },
  requeue: { rounds: ROUNDS, delay: '50ms' },
};

describe('one table of 23 whose target cannot be written', () => {
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    env = await startTemporal();
  });
  afterAll(async () => {
    await env?.teardown();
  });

  it('delays no other: they are published before its rounds begin; it is requeued 3 times, alerted, and keeps its last good version', async () => {
    await RealPartner.with(env, { policies: POLICIES }, async (partner) => {
      const { store, layout, date } = partner;
      for (const day of [EARLIER, date]) {
        const members = TABLES.map((table) => [`${table}_${day.replaceAll('-', '')}_1.csv`, `id\n${day}\n`]);
        await partner.land('a.tar.gz', Object.fromEntries(members), day);
      }
      expect(await partner.run('seal', EARLIER)).toMatchObject({ version: 1, merged: 23 });
      await mkdir(join(partner.root, layout.version(1).table(POISONED)), { recursive: true });

      const day = await partner.start('seal');
      expect(await day.result()).toMatchObject({ version: 1, merged: 22, failedTables: [POISONED] });

      const { published, merges } = await orderOf(day);
      const first = merges.filter(({ id }) => id.endsWith('/r1'));
      expect(first).toHaveLength(23);
      const later = merges.filter(({ id }) => !id.endsWith('/r1'));
      expect(later.map(({ id }) => id)).toEqual(
        Array.from({ length: ROUNDS }, (_, round) => mergeId(partner.id, date, 1, POISONED, round + 2)),
      );
      // The other tables' merges had ended, and what readers see was switched, before the second round began.
      expect(first.every(({ ended }) => ended < published)).toBe(true);
      expect(published).toBeLessThan(later[0]!.begun);

      const { tables } = await requirePublication(store, layout);
      expect(tables.filter(({ status }) => status === 'merged')).toHaveLength(22);
      const failed = tables.find(({ table }) => table === POISONED)!;
      const lastGood = { date: EARLIER, version: 1, key: layout.on(EARLIER).version(1).table(POISONED) };
      expect(failed).toMatchObject({ status: 'failed', lastGood });
      expect((await store.getBytes(failed.lastGood!.key)).toString()).toBe(`id\n${EARLIER}\n`);
      const alerts = (await partner.keys()).filter((key) => /alert.*\.txt$/.test(key));
      const texts = await Promise.all(alerts.map((key) => store.getBytes(`${layout.prefix}${key}`)));
      // Once when the others were published, and again when every round was used up.
      expect(texts.filter((text) => text.includes(POISONED)).length).toBeGreaterThanOrEqual(2);
    });
  });
});

interface Merge {
  id: string;
  /** Numbers of events. */
  begun: number;
  ended: number;
}

/** When, by the order of its history, a day began and ended its merges, and when its first version was published. */
async function orderOf(day: WorkflowHandle): Promise<{ published: number; merges: Merge[] }> {
  const { events } = await day.fetchHistory();
  const merges = new Map<string, Merge>();
  let publishing: number | undefined;
  let published: number | undefined;
  for (const event of events ?? []) {
    const at = Number(event.eventId);
    const begun = event.startChildWorkflowExecutionInitiatedEventAttributes;
    if (begun?.workflowType?.name === 'mergeTable') {
      merges.set(begun.workflowId!, { id: begun.workflowId!, begun: at, ended: Number.NaN });
    }
    const ended =
      event.childWorkflowExecutionCompletedEventAttributes ??
      event.childWorkflowExecutionFailedEventAttributes;
    const merge = merges.get(ended?.workflowExecution?.workflowId ?? '');
    if (merge) merge.ended = at;
    if (event.activityTaskScheduledEventAttributes?.activityType?.name === 'publishVersion')
      publishing ??= at;
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed && Number(completed.scheduledEventId) === publishing) published ??= at;
  }
  return { published: published!, merges: [...merges.values()] };
}
