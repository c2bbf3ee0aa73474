import { afterEach, describe, expect, it } from 'vitest';
import { type Post, type Posted, postMessage } from '../../../src/alerts/post-message.js';
import { type Behaviour, WebhookDouble } from '../../support/webhook-double.js';

const open: WebhookDouble[] = [];
afterEach(async () => {
  for (const double of open.splice(0)) await double.stop();
});

async function posted(behaviour: Behaviour, change: Partial<Post> = {}): Promise<[Posted, WebhookDouble]> {
  const double = await WebhookDouble.start(behaviour);
  open.push(double);
  const post = { url: double.url, headers: {}, body: '{}', timeoutMs: 500, privateNetwork: true };
  return [await postMessage({ ...post, ...change }), double];
}

describe('posting a message', () => {
  it('tells what was taken from what may be taken later and from what never will be', async () => {
    expect((await posted(200))[0]).toEqual({ kind: 'accepted', status: 200 });
    expect((await posted(500))[0]).toMatchObject({ kind: 'again', status: 500, detail: 'answered 500: no' });
    expect((await posted({ status: 404, body: 'no_service' }))[0]).toEqual({
      kind: 'refused',
      status: 404,
      detail: 'answered 404: no_service',
    });
    expect((await posted('hang-up'))[0]).toMatchObject({ kind: 'again' });
    expect((await posted('silence'))[0]).toMatchObject({
      kind: 'again',
      detail: '127.0.0.1: no answer within 500 ms',
    });
  });

  it('hears when it may come again, in seconds or as a date', async () => {
    const seconds = await posted({ status: 429, headers: { 'retry-after': '7' } });
    expect(seconds[0]).toMatchObject({ kind: 'again', retryAfterMs: 7_000 });
    const date = new Date(Date.now() + 60_000).toUTCString();
    const dated = (await posted({ status: 503, headers: { 'retry-after': date } }))[0];
    expect(dated).toMatchObject({ kind: 'again', retryAfterMs: expect.any(Number) });
    expect((dated as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(50_000);
  });

  it('follows no redirect', async () => {
    const [target, elsewhere] = [await WebhookDouble.start(200), { status: 302 }];
    open.push(target);
    const [outcome] = await posted({ ...elsewhere, headers: { location: target.url.href } });
    expect(outcome).toMatchObject({ kind: 'refused', status: 302 });
    expect(target.received).toEqual([]);
  });

  it('goes to no private address unless allowed, whatever the name that leads there', async () => {
    const [refused, double] = await posted(200, { privateNetwork: false });
    expect(refused).toMatchObject({ kind: 'refused', detail: expect.stringContaining('127.0.0.1') });
    const url = new URL(double.url);
    url.hostname = 'hooks.example';
    const post = { url, headers: {}, body: '{}', timeoutMs: 500 };
    const resolve = async () => ['52.1.2.3', '127.0.0.1'];
    expect(await postMessage({ ...post, privateNetwork: false, resolve })).toMatchObject({ kind: 'refused' });
    expect(double.received).toEqual([]);
    // Where it is allowed, the connection goes to the address that was looked at.
    const looked = await postMessage({ ...post, privateNetwork: true, resolve: async () => ['127.0.0.1'] });
    expect(looked).toEqual({ kind: 'accepted', status: 200 });
    expect(double.received[0]!.headers.host).toBe(url.host);
  });

  it('is tried again where a name cannot be resolved', async () => {
    const [outcome] = await posted(200, {
      url: new URL('http://hooks.example/x'),
      resolve: async () => {
        throw new Error('ENOTFOUND');
      },
    });
    expect(outcome).toMatchObject({ kind: 'again', detail: expect.stringContaining('ENOTFOUND') });
  });
});
