import { WorkflowNotFoundError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readDay } from '../../src/cli/day/day-report.js';
import { explainDay } from '../../src/cli/day/explain-day.js';
import { Airflow } from '../../src/downstream/airflow.js';
import { readTriggerNote } from '../../src/ingest/publication/trigger-note.js';
import { decide } from '../../src/workflows/messages.js';
import { airflowId } from '../../src/workflows/names.js';
import { type AirflowDouble, startAirflowDouble } from '../support/airflow-double.js';
import { RealPartner } from '../support/real-partner.js';
import { startTemporal } from '../support/temporal-server.js';

let env: TestWorkflowEnvironment;
let double: AirflowDouble;
let airflow: Airflow;
beforeAll(async () => {
  env = await startTemporal();
});
afterAll(async () => {
  await env?.teardown();
});
beforeEach(async () => {
  double = await startAirflowDouble();
  airflow = new Airflow({ url: double.url, credentials: { username: 'partnerday', password: 'secret' } });
});
afterEach(() => double.stop());

const DAG = { airflow: { dag: 'prices' } };
const MEMBERS = { 'orders_20261120_1.csv': 'id\n1\n2\n' };

const telling = (partner: RealPartner, version = 1) =>
  env.client.workflow.getHandle(airflowId(partner.id, partner.date, version));

describe('a published version', () => {
  it('asks for one DAG run with all that a reader needs', async () => {
    await RealPartner.with(
      env,
      DAG,
      async (partner) => {
        await partner.land('a.tar.gz', MEMBERS);
        await partner.run();
        expect(await telling(partner).result()).toEqual({ outcome: 'triggered' });
        const runId = `partnerday__${partner.id}__${partner.date}__v1`;
        expect([...double.runs.keys()]).toEqual([runId]);
        expect(double.runs.get(runId)).toMatchObject({
          logical_date: null,
          conf: {
            partner: partner.id,
            date: partner.date,
            version: 1,
            status: 'published',
            store: partner.store.url,
            published_key: partner.layout.published,
            failed_tables: [],
            tables: { orders: { status: 'merged', rows: 2, key: `${partner.layout.prefix}v1/orders.csv` } },
          },
        });
        // The same day again publishes nothing, and asks for nothing.
        await partner.run();
        expect(double.runs.size).toBe(1);
        // A newer version has a run of its own.
        await partner.land('b.tar.gz', { 'orders_20261120_2.csv': 'id\n3\n' });
        await partner.run();
        await telling(partner, 2).result();
        expect([...double.runs.keys()]).toEqual([runId, runId.replace(/1$/, '2')]);
      },
      { airflow },
    );
  });

  it('does not wait for an Airflow that is down: the day ends, and the run is asked for when it is back', async () => {
    double.answer(503, 'upstream');
    await RealPartner.with(
      env,
      DAG,
      async (partner) => {
        await partner.land('a.tar.gz', MEMBERS);
        expect(await partner.run()).toMatchObject({ version: 1, status: 'published' });
        const handle = telling(partner);
        await expect.poll(() => double.asked, { timeout: 20_000 }).toBeGreaterThan(0);
        expect((await handle.describe()).status.name).toBe('RUNNING');
        expect(await readTriggerNote(partner.store, partner.layout.version(1))).toBeUndefined();
        double.answer(undefined);
        expect(await handle.result()).toEqual({ outcome: 'triggered' });
        expect(double.runs.size).toBe(1);
      },
      { airflow },
    );
  });

  it.each([
    ['a DAG it does not know', 404, "Dag with dag_id: 'prices' not found", 1],
    // A 403 may also mean that Airflow has new keys: it is asked once more, newly signed in.
    ['what it may not do', 403, 'Forbidden', 2],
  ])('learns of %s, and explain says so', async (_what, status, detail, asked) => {
    double.answer(status, { detail });
    await RealPartner.with(
      env,
      DAG,
      async (partner) => {
        await partner.land('a.tar.gz', MEMBERS);
        await partner.run();
        expect(await telling(partner).result()).toEqual({ outcome: 'refused' });
        expect(double.asked).toBe(asked);
        const { store, layout } = partner;
        const why = await explainDay(store, layout, (await readDay(store, layout))!);
        expect(why.day.map(({ code, text }) => `${code} ${text}`).join()).toContain(
          `downstream-not-told Airflow answered ${status} to DAG prices: ${detail}; remove the cause`,
        );
      },
      { airflow },
    );
  });

  it('is no success where the worker knows no Airflow, and stays published', async () => {
    await RealPartner.with(env, DAG, async (partner) => {
      await partner.land('a.tar.gz', MEMBERS);
      expect(await partner.run()).toMatchObject({ status: 'published' });
      expect(await telling(partner).result()).toEqual({ outcome: 'refused' });
      const note = await readTriggerNote(partner.store, partner.layout.version(1));
      expect(note?.finding?.detail).toContain('PARTNERDAY_AIRFLOW_URL');
    });
  });

  it('asks nothing where the partner names no DAG', async () => {
    await RealPartner.with(
      env,
      {},
      async (partner) => {
        await partner.land('a.tar.gz', MEMBERS);
        await partner.run();
        await expect(telling(partner).describe()).rejects.toBeInstanceOf(WorkflowNotFoundError);
      },
      { airflow },
    );
  });
});

it('a held version asks for nothing until it is released', async () => {
  await RealPartner.with(
    env,
    { ...DAG, quality: { holdBelow: 100 } },
    async (partner) => {
      await partner.land('a.tar.gz', MEMBERS);
      const handle = await partner.start('seal');
      await expect
        .poll(async () => (await readDay(partner.store, partner.layout))?.status, { timeout: 20_000 })
        .toBe('held');
      expect(double.asked).toBe(0);
      await handle.executeUpdate(decide, {
        args: [{ version: 1, action: 'release', by: 'me', why: 'seen' }],
      });
      await handle.result();
      expect(await telling(partner).result()).toEqual({ outcome: 'triggered' });
    },
    { airflow },
  );
});
