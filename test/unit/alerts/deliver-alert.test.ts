import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertChannel } from '../../../src/alerts/alert-channels.js';
import { type DeliverInput, deliverAlert } from '../../../src/alerts/deliver-alert.js';
import { sampleAlert } from '../../../src/alerts/sample-alert.js';
import { writeJsonOnce } from '../../../src/ingest/documents/json-object.js';
import type { AlertLevel } from '../../../src/quality/alert.js';
import type { ObjectStore } from '../../../src/store/object-store.js';
import { layout, temporaryStore } from '../../support/manifests.js';
import { type Behaviour, WebhookDouble } from '../../support/webhook-double.js';

const SINCE = new Date('2026-11-21T06:00:00Z');

describe('delivering an alert', () => {
  let store: ObjectStore;
  let remove: () => Promise<void>;
  const doubles: WebhookDouble[] = [];
  beforeEach(async () => {
    ({ store, remove } = await temporaryStore());
  });
  afterEach(async () => {
    for (const double of doubles.splice(0)) await double.stop();
    await remove();
  });

  const double = async (...behaviours: Behaviour[]) => {
    const started = await WebhookDouble.start(...behaviours);
    doubles.push(started);
    return started;
  };
  const over = ({ url }: WebhookDouble): AlertChannel => ({
    name: 'slack',
    url,
    timeoutMs: 300,
    privateNetwork: true,
  });
  const written = async (level: AlertLevel, name: string) => {
    const key = `${layout.alertsPrefix}${name}.json`;
    await writeJsonOnce(store, key, { ...sampleAlert('acme', [], SINCE), level });
    return key;
  };
  const deliver = async (
    { url, name, ...channel }: AlertChannel,
    alertKey: string,
    change: Partial<DeliverInput> = {},
  ) => {
    const channels = [{ ...channel, url, name }];
    const input = { store, layout, channels, alertKey, since: SINCE, now: () => SINCE };
    return (await deliverAlert({ ...input, ...change }))[0]!;
  };

  it('sends it once, however often it is asked for', async () => {
    const slack = await double(200);
    const key = await written('error', 'a');
    expect(await deliver(over(slack), key)).toEqual({ channel: 'slack', outcome: 'sent' });
    expect(await deliver(over(slack), key)).toEqual({ channel: 'slack', outcome: 'told' });
    expect(slack.received).toHaveLength(1);
  });

  it('goes on where it failed, with growing pauses or when it was told to come again, and arrives once', async () => {
    const slack = await double(
      500,
      { status: 429, headers: { 'retry-after': '33' } },
      'silence',
      'hang-up',
      200,
    );
    const key = await written('error', 'a');
    const pauses: (number | undefined)[] = [];
    for (let n = 0; n < 6; n++) pauses.push((await deliver(over(slack), key)).retryInMs);
    expect(pauses).toEqual([5_000, 33_000, 20_000, 40_000, undefined, undefined]);
    expect(slack.received).toHaveLength(5);
    expect(slack.accepted).toHaveLength(1);
  });

  it('tells of a day again only when it has become worse', async () => {
    const slack = await double(200);
    const outcomes: string[] = [];
    for (const [level, name] of [
      ['late', 'before-deadline'],
      ['late', 'deadline-passed'],
      ['warning', 'v1'],
      ['late', 'another-source'],
      ['error', 'v2'],
      ['error', 'v2-after-requeue'],
      ['warning', 'v3'],
    ] as const)
      outcomes.push((await deliver(over(slack), await written(level, name))).outcome);
    expect(outcomes).toEqual(['sent', 'told', 'sent', 'told', 'sent', 'told', 'told']);
    expect(slack.received).toHaveLength(3);
  });

  it('never sends it again when a worker died after sending it', async () => {
    const slack = await double(200);
    const key = await written('error', 'a');
    // The worker dies once the message is out: its outcome is never written.
    const dying = new Proxy(store, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== 'function') return value;
        if (property !== 'put') return value.bind(target);
        return async (...args: Parameters<ObjectStore['put']>) => {
          if (slack.received.length > 0) throw new Error('killed');
          return target.put(...args);
        };
      },
    });
    await expect(deliver(over(slack), key, { store: dying })).rejects.toThrow('killed');
    expect(await deliver(over(slack), key)).toEqual({ channel: 'slack', outcome: 'unconfirmed' });
    expect(await deliver(over(slack), await written('error', 'b'))).toMatchObject({ outcome: 'told' });
    expect(slack.received).toHaveLength(1);
  });

  it('is sent once by workers that try at the same time', async () => {
    const slack = await double(200);
    const key = await written('error', 'a');
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => deliver(over(slack), key)));
    expect(outcomes.filter(({ outcome }) => outcome === 'sent')).toHaveLength(1);
    expect(slack.received).toHaveLength(1);
  });

  it('says of an address that is refused why, and gives up after a day of failing', async () => {
    const gone = await double({ status: 404, body: 'no_service' });
    const refused = await deliver(over(gone), await written('late', 'a'));
    expect(refused).toEqual({ channel: 'slack', outcome: 'refused', detail: 'answered 404: no_service' });
    const away = await double(503);
    const now = () => new Date(SINCE.getTime() + 86_400_000);
    const expired = await deliver(over(away), await written('error', 'b'), { now });
    expect(expired).toMatchObject({ outcome: 'expired' });
  });
});
