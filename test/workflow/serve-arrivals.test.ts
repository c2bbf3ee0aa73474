import { Client, Connection } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../src/store/object-store.js';
import { freePort } from '../../src/tools/free-port.js';
import { partnerDayId } from '../../src/workflows/names.js';
import { temporaryStore } from '../support/manifests.js';
import { RealPartner } from '../support/real-partner.js';
import { startTemporal } from '../support/temporal-server.js';
import { post, startTestServer, type TestServer, TOKENS } from '../support/test-server.js';

const ACME = TOKENS.PARTNERDAY_TOKEN_ACME;
const BETA = TOKENS.PARTNERDAY_TOKEN_BETA;
const EVENTS = TOKENS.PARTNERDAY_EVENTS_TOKEN;
const DATE = '2026-11-20';

let env: TestWorkflowEnvironment;
let store: ObjectStore;
let remove: () => Promise<void>;
let server: TestServer;

beforeAll(async () => {
  env = await startTemporal();
  ({ store, remove } = await temporaryStore());
  server = await startTestServer({ store, client: env.client });
});
afterAll(async () => {
  await server?.stop();
  await remove?.();
  await env?.teardown();
});

/** A date no other test uses. */
let days = 0;
let date: string;
beforeEach(() => {
  date = `2026-01-${String(++days).padStart(2, '0')}`;
});

const arrivals = (partner: string, day = date, at = server) =>
  `${at.url}/v1/partners/${partner}/days/${day}/arrivals`;

/** What the workflow was told, without any worker. */
async function signals(partner: string, day = date): Promise<{ name: string; body: unknown }[]> {
  const { events } = await env.client.workflow.getHandle(partnerDayId(partner, day)).fetchHistory();
  return (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => {
    const data = signal?.input?.payloads?.[0]?.data;
    return signal ? [{ name: signal.signalName!, body: JSON.parse(Buffer.from(data!).toString()) }] : [];
  });
}

async function isStarted(partner: string, day = date): Promise<boolean> {
  return env.client.workflow
    .getHandle(partnerDayId(partner, day))
    .describe()
    .then(
      () => true,
      () => false,
    );
}

describe('POST arrivals', () => {
  it('starts the day and tells it what the command line would, with no worker up', async () => {
    const answer = await post(arrivals('acme'), ACME, {
      keys: ['a.tar.gz'],
      complete: true,
      archives: 1,
      bytes: 9,
    });
    expect(answer.status).toBe(202);
    const { runId, ...rest } = (await answer.json()) as { runId: string };
    expect(rest).toEqual({
      workflowId: `partner-day/acme/${date}`,
      sent: ['sourceArrived', 'sourceComplete'],
    });
    expect(runId).toBe((await env.client.workflow.getHandle(`partner-day/acme/${date}`).describe()).runId);
    expect(await signals('acme')).toEqual([
      { name: 'sourceArrived', body: { source: 'main', keys: [`landing/acme/${date}/a.tar.gz`] } },
      { name: 'sourceComplete', body: { source: 'main', archives: 1, bytes: 9 } },
    ]);
  });

  it('completes a real day, to its published rows', async () => {
    await RealPartner.with(env, { sources: [{ settle: '10ms' }] }, async (partner) => {
      const token = 'of-this-partner-alone-1';
      const variable = `PARTNERDAY_TOKEN_${partner.id.toUpperCase().replaceAll('-', '_')}`;
      const own = await startTestServer({
        store: partner.store,
        client: env.client,
        partners: { [partner.id]: {} },
        env: { [variable]: token },
      });
      await partner.land('a.tar.gz', { 'orders_20261120_1.csv': 'id\n7\n' });
      const answer = await post(arrivals(partner.id, DATE, own), token, { complete: true, archives: 1 });
      expect(answer.status).toBe(202);
      expect(await partner.handle().result()).toMatchObject({ version: 1, merged: 1 });
      await own.stop();
    });
  });

  it('refuses whoever is nobody (401) or somebody else (403), and tells neither day', async () => {
    const nobody = await post(arrivals('acme'), undefined, {});
    expect(nobody.status).toBe(401);
    expect(nobody.headers.get('www-authenticate')).toBe('Bearer');
    expect((await post(arrivals('acme'), 'not-a-token-of-anyone', {})).status).toBe(401);
    const other = await post(arrivals('acme'), BETA, {});
    expect(other.status).toBe(403);
    expect(await other.json()).toMatchObject({ status: 403, detail: 'this token may not speak for acme' });
    expect((await post(arrivals('zeta'), BETA, {})).status).toBe(403);
    expect((await post(arrivals('acme'), EVENTS, {})).status).toBe(403);
    expect(await isStarted('acme')).toBe(false);
  });

  it.each([
    ['no JSON', '{', '', 'expected JSON'],
    ['an unknown field', { key: 'a' }, '', 'key'],
    ['too many keys', { keys: Array.from({ length: 101 }, String) }, 'keys', '100'],
    ['a number without "complete"', { archives: 3 }, 'archives', 'complete'],
    ['a key that is none', { keys: [7] }, 'keys[0]', 'string'],
  ])('says what is wrong with %s (400)', async (_what, body, path, words) => {
    const answer = await post(arrivals('acme'), ACME, body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    const problem = (await answer.json()) as { detail: string; issues?: { path: string; message: string }[] };
    const said = problem.issues?.map((issue) => `${issue.path}: ${issue.message}`).join() ?? problem.detail;
    expect(said).toContain(words);
    expect(said).toContain(path);
    expect(await isStarted('acme')).toBe(false);
  });

  it.each([
    ['another partner’s key', { keys: ['landing/beta/2026-01-01/a.tar.gz'] }, 'is not a key below'],
    ['a key that climbs', { manifest: '../../x' }, 'is not a key below'],
    ['an unknown source', { source: 'sftp' }, 'expected one of main'],
  ])('refuses %s (400)', async (_what, body, words) => {
    const answer = await post(arrivals('acme'), ACME, body);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { detail: string }).detail).toContain(words);
    expect(await isStarted('acme')).toBe(false);
  });

  it('refuses a date that does not exist, or lies far ahead (400)', async () => {
    for (const day of ['2026-02-30', 'today', '2999-01-01']) {
      expect((await post(arrivals('acme', day), ACME, {})).status).toBe(400);
    }
    expect(await isStarted('acme', '2999-01-01')).toBe(false);
  });

  it('refuses a body that is too large (413), said in advance or not, and another type (415)', async () => {
    const large = JSON.stringify({ keys: ['x'.repeat(200_000)] });
    expect((await post(arrivals('acme'), ACME, large)).status).toBe(413);
    const streamed = await fetch(arrivals('acme'), {
      method: 'POST',
      headers: { authorization: `Bearer ${ACME}`, 'content-type': 'application/json' },
      body: new Blob([large]).stream(),
      duplex: 'half',
    } as RequestInit).then(
      ({ status }) => status,
      // The server hung up on the rest.
      () => 413,
    );
    expect(streamed).toBe(413);
    expect((await post(arrivals('acme'), ACME, 'a=b', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await fetch(arrivals('acme'))).status).toBe(405);
  });

  it('does a request with an Idempotency-Key once, whichever replica it reaches', async () => {
    const replica = await startTestServer({ store, client: env.client });
    const key = { 'idempotency-key': 'drop-4711' };
    const body = { keys: ['a.tar.gz'] };
    const first = await post(arrivals('acme'), ACME, body, key);
    const again = await post(arrivals('acme', date, replica), ACME, body, key);
    await replica.stop();
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(await again.json()).toEqual(await first.json());
    expect(await signals('acme')).toHaveLength(1);
    expect((await post(arrivals('acme'), ACME, { complete: true }, key)).status).toBe(422);
    expect(await signals('acme')).toHaveLength(1);
    expect((await post(arrivals('acme'), ACME, body, { 'idempotency-key': 'x'.repeat(256) })).status).toBe(
      400,
    );
  });

  it('limits each partner by itself (429, with Retry-After)', async () => {
    const slow = await startTestServer({ store, client: env.client, ratePerMinute: 2 });
    const statuses = [];
    for (let request = 0; request < 3; request++)
      statuses.push((await post(arrivals('acme', date, slow), ACME, {})).status);
    expect(statuses).toEqual([202, 202, 429]);
    const refused = await post(arrivals('acme', date, slow), ACME, {});
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await post(arrivals('beta', date, slow), BETA, {})).status).toBe(202);
    await slow.stop();
  });

  it('says 503 and when to come again while Temporal is away; the pages stay', async () => {
    const connection = Connection.lazy({ address: `127.0.0.1:${await freePort()}` });
    const alone = await startTestServer({ store, client: new Client({ connection }) });
    const answer = await post(arrivals('acme', date, alone), ACME, {});
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    const page = await fetch(alone.url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('Temporal does not answer');
    await alone.stop();
    await connection.close();
  });
});

describe('POST S3 events', () => {
  const events = () => `${server.url}/v1/events/s3`;
  const record = (key: string, eventName = 'ObjectCreated:Put', bucket = 'drops') => ({
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    eventName,
    s3: {
      s3SchemaVersion: '1.0',
      bucket: { name: bucket, arn: 'x' },
      object: { key, size: 1, eTag: 'e', sequencer: '0' },
    },
  });

  it('tells each day once of all its records, whatever the keys look like', async () => {
    const answer = await post(events(), EVENTS, {
      Records: [
        record(`landing/acme/${date}/a+b.tar.gz`),
        record(
          `landing%2Facme%2F${date}%2F%EC%A3%BC%EB%AC%B8.tar.gz`,
          's3:ObjectCreated:CompleteMultipartUpload',
        ),
        record(`landing/beta/${date}/x.tar.gz`),
        record(`landing/acme/${date}/gone.tar.gz`, 'ObjectRemoved:Delete'),
        record('elsewhere/x.tar.gz'),
      ],
    });
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({
      test: false,
      told: [
        { partner: 'acme', date, source: 'main' },
        { partner: 'beta', date, source: 'main' },
      ],
      ignored: [
        { record: 3, why: 'ObjectRemoved:Delete says of no new object' },
        { record: 4, why: 'the key lies below no source of a partner' },
      ],
    });
    for (const partner of ['acme', 'beta']) {
      expect(await signals(partner)).toEqual([{ name: 'sourceArrived', body: { source: 'main' } }]);
    }
  });

  it('answers the test event, whatever its content type', async () => {
    const test = {
      Service: 'Amazon S3',
      Event: 's3:TestEvent',
      Time: '2026-11-20T00:00:00Z',
      Bucket: 'drops',
    };
    const answer = await post(events(), EVENTS, test, { 'content-type': 'text/plain; charset=UTF-8' });
    expect([answer.status, await answer.json()]).toEqual([200, { test: true, told: [], ignored: [] }]);
  });

  it('with a partner’s token takes that partner’s objects, and nothing at all when others are among them', async () => {
    const own = await post(events(), ACME, { Records: [record(`landing/acme/${date}/a.tar.gz`)] });
    expect(own.status).toBe(202);
    const mixed = {
      Records: [record(`landing/acme/${date}/a.tar.gz`), record(`landing/beta/${date}/a.tar.gz`)],
    };
    expect((await post(events(), ACME, mixed)).status).toBe(403);
    expect(await isStarted('beta')).toBe(false);
    expect((await post(events(), undefined, mixed)).status).toBe(401);
  });

  it.each([
    [
      'a key that is not encoded',
      {
        Records: [
          { eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'b' }, object: { key: '%E0%A4%A' } } },
        ],
      },
    ],
    ['no records', { Records: [] }],
    ['something else', { hello: 'world' }],
  ])('refuses %s (400)', async (_what, body) => {
    expect((await post(events(), EVENTS, body)).status).toBe(400);
  });
});
