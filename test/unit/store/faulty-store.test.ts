import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TerminalError } from '../../../src/errors.js';
import { StoreUnreachableError, StoreWriteError } from '../../../src/store/errors.js';
import type { InjectedFault } from '../../../src/store/faults/fault-book.js';
import type { FaultSpecInput } from '../../../src/store/faults/fault-spec.js';
import { faultyStore } from '../../../src/store/faults/faulty-store.js';
import type { ObjectStore } from '../../../src/store/object-store.js';
import { temporaryStore } from '../../support/manifests.js';

const ONCE = { ifNoneMatch: '*' } as const;
const body = Buffer.from('a body of some bytes');

describe('faultyStore', () => {
  let real: ObjectStore;
  let root: string;
  let remove: () => Promise<void>;
  let phase = 'extract';
  beforeEach(async () => {
    ({ store: real, root, remove } = await temporaryStore());
    phase = 'extract';
  });
  afterEach(() => remove());

  const log = () => join(root, '.faults.jsonl');
  const faulty = (rules: FaultSpecInput['rules'], more: Partial<FaultSpecInput> = {}): ObjectStore => {
    const file = join(root, '.faults.json');
    writeFileSync(file, JSON.stringify({ log: log(), rules, ...more }));
    return faultyStore(real, { PARTNERDAY_FAULTS: file }, () => phase);
  };
  const injected = (): InjectedFault[] =>
    readFileSync(log(), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as InjectedFault);
  const outcome = (call: Promise<unknown>) =>
    call.then(
      () => 'done',
      () => 'failed',
    );

  it('is the store itself unless the environment names a file', () => {
    expect(faultyStore(real, {}, () => 'other')).toBe(real);
  });

  it('refuses a file that is no specification, and says which', () => {
    const file = join(root, '.bad.json');
    writeFileSync(file, '{"rules": [{"fault": "explode"}]}');
    expect(() => faultyStore(real, { PARTNERDAY_FAULTS: file }, () => 'x')).toThrow(TerminalError);
    expect(() => faultyStore(real, { PARTNERDAY_FAULTS: file }, () => 'x')).toThrow(file);
  });

  it('fails exactly the calls that are named, of the verb, phase and key that are named', async () => {
    const store = faulty([{ verb: 'head', phase: 'plan', key: '^a/', calls: [2], fault: 'fail' }]);
    const calls = [];
    for (const [during, key] of [
      ['plan', 'a/1'],
      ['extract', 'a/1'],
      ['plan', 'b/1'],
      ['plan', 'a/2'],
      ['plan', 'a/3'],
    ] as const) {
      phase = during;
      calls.push(await outcome(store.head(key)));
    }
    expect(calls).toEqual(['done', 'done', 'done', 'failed', 'done']);
    expect(injected()).toMatchObject([
      { fault: 'fail', when: 'before', verb: 'head', phase: 'plan', key: 'a/2', call: 2, pid: process.pid },
    ]);
  });

  it('counts calls over all who use the store, so that a fault does not come back after a restart', async () => {
    const rules: FaultSpecInput['rules'] = [{ verb: 'head', calls: [2], fault: 'fail' }];
    expect(await outcome(faulty(rules).head('a'))).toBe('done');
    expect(await outcome(faulty(rules).head('a'))).toBe('failed');
    expect(await outcome(faulty(rules).head('a'))).toBe('done');
  });

  it('leaves undone what fails before, and done what fails after', async () => {
    const store = faulty([
      { verb: 'put', key: 'before', fault: 'fail' },
      { verb: 'put', key: 'after', fault: 'fail', when: 'after' },
    ]);
    await expect(store.put('before', body, ONCE)).rejects.toThrow(StoreWriteError);
    await expect(store.put('after', body, ONCE)).rejects.toThrow(StoreWriteError);
    expect(await real.head('before')).toBeUndefined();
    expect(await real.head('after')).toMatchObject({ bytes: body.length });
  });

  it('loses an answer that is a refusal, too, and notes that nothing was done', async () => {
    await real.put('there', body, ONCE);
    const store = faulty([{ verb: 'put', fault: 'fail', when: 'after' }]);
    await expect(store.put('there', body, ONCE)).rejects.toThrow(/the answer was lost/);
    expect(injected()).toMatchObject([{ ended: 'refused' }]);
  });

  it('draws a share of the calls from the seed: the same again, and others from another seed', async () => {
    const run = async (seed: number): Promise<string[]> => {
      const { store, root: elsewhere, remove: removeIt } = await temporaryStore();
      const file = join(elsewhere, '.faults.json');
      const rules = [{ verb: 'head', rate: 0.3, fault: 'fail' }];
      writeFileSync(file, JSON.stringify({ log: join(elsewhere, '.log'), seed, rules }));
      const observed = faultyStore(store, { PARTNERDAY_FAULTS: file }, () => 'x');
      const calls = [];
      for (let call = 0; call < 200; call++) calls.push(await outcome(observed.head('a')));
      await removeIt();
      return calls;
    };
    const [first, again, other] = [await run(1), await run(1), await run(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    const failed = first.filter((call) => call === 'failed').length;
    expect(failed).toBeGreaterThan(40);
    expect(failed).toBeLessThan(80);
  });

  describe('a body', () => {
    const read = async (store: ObjectStore): Promise<Buffer> => {
      const chunks: Buffer[] = [];
      for await (const chunk of (await store.get('a')).stream) chunks.push(Buffer.from(chunk));
      return Buffer.concat(chunks);
    };
    beforeEach(async () => {
      await real.put('a', body, ONCE);
    });

    it('is cut where it is told to', async () => {
      const store = faulty([{ verb: 'get', fault: 'cut', at: 0.5 }]);
      let passed = 0;
      const reading = (async () => {
        for await (const chunk of (await store.get('a')).stream) passed += chunk.length;
      })();
      await expect(reading).rejects.toThrow(StoreUnreachableError);
      expect(passed).toBe(body.length / 2);
    });

    it('has one bit flipped, and the store has not', async () => {
      const store = faulty([
        { verb: 'get', fault: 'flip' },
        { verb: 'getBytes', fault: 'flip', at: 1 },
      ]);
      const differing = (bytes: Buffer) => [...bytes].filter((byte, index) => byte !== body[index]).length;
      expect(differing(await read(store))).toBe(1);
      expect(differing(await store.getBytes('a'))).toBe(1);
      expect((await real.getBytes('a')).equals(body)).toBe(true);
    });

    it('can come whole, with its end lost', async () => {
      await expect(read(faulty([{ verb: 'get', fault: 'fail', when: 'after' }]))).rejects.toThrow(
        /the answer was lost/,
      );
    });
  });

  it('breaks a listing off', async () => {
    for (const key of ['a/1', 'a/2']) await real.put(key, body, ONCE);
    const store = faulty([{ verb: 'list', fault: 'cut' }]);
    const seen: string[] = [];
    const listing = (async () => {
      for await (const { key } of store.list('a/')) seen.push(key);
    })();
    await expect(listing).rejects.toThrow(StoreUnreachableError);
    expect(seen).toEqual(['a/1']);
  });

  it('ends a slow call when it is aborted', async () => {
    const store = faulty([{ verb: 'head', fault: 'slow', ms: 60_000 }]);
    const abort = new AbortController();
    const call = store.head('a', { signal: abort.signal });
    abort.abort();
    await expect(call).rejects.toThrow(/abort/i);
  });

  it('pretends that the store takes only small uploads', () => {
    const limits = { minPartBytes: 10, maxPartBytes: 100, maxParts: 3 };
    expect(faulty([], { limits }).limits).toEqual({ ...real.limits, ...limits });
  });
});
