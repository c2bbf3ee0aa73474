import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { retryTable, sourceComplete } from '../../src/workflows/messages.js';
import { withScriptedDay } from '../support/run-scripted-day.js';
import { BadData, StoreAway } from '../support/scripted-activities.js';
import { startTemporal } from '../support/temporal-server.js';

const FAST = {
  extraction: { backoff: { initial: '10ms' } },
  merge: { tries: 2, backoff: { initial: '10ms' } },
  requeue: { rounds: 3, delay: '50ms' },
};

describe('partnerDay', () => {
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    env = await startTemporal();
  });
  afterAll(async () => {
    await env?.teardown();
  });

  it('publishes once when every table merges', async () => {
    await withScriptedDay(
      env,
      { tables: ['a', 'b'], groups: [2, 2], policies: FAST },
      'seal',
      async ({ handle, calls }) => {
        expect(await handle.result()).toMatchObject({
          version: 1,
          status: 'published',
          merged: 2,
          failedTables: [],
        });
        expect(calls.publish).toHaveLength(1);
        expect(calls.extract).toHaveLength(2);
      },
    );
  });

  it('publishes the good tables before the failed one is requeued, and requeues it 3 times', async () => {
    const script = {
      tables: ['a', 'bad', 'c'],
      groups: [1],
      policies: FAST,
      compose: ({ table }: { table: string }) => {
        if (table === 'bad') throw new StoreAway('target not writable');
      },
    };
    await withScriptedDay(env, script, 'seal', async ({ handle, calls }) => {
      const result = await handle.result();
      expect(result).toMatchObject({ version: 1, failedTables: ['bad'], merged: 2 });
      // 2 tries in each of 1 + 3 rounds.
      expect(calls.compose.filter(({ table }) => table === 'bad')).toHaveLength(8);
      expect(calls.publish).toHaveLength(1);
      const published = calls.order.indexOf('publish');
      const triesBefore = calls.order.slice(0, published).filter((step) => step === 'compose bad').length;
      expect(triesBefore).toBe(2);
      expect(calls.order.at(-1)).toBe('tell bad 8');
      expect(calls.publish[0]!.failures).toMatchObject([
        { table: 'bad', tries: 2, rounds: 1, transient: true },
      ]);
    });
  });

  it('publishes a table that recovers in a requeue round as the next version', async () => {
    const script = {
      tables: ['a', 'late'],
      groups: [1],
      policies: FAST,
      compose: ({ table }: { table: string }, call: number) => {
        if (table === 'late' && call <= 3) throw new StoreAway('not yet');
      },
    };
    await withScriptedDay(env, script, 'seal', async ({ handle, calls }) => {
      expect(await handle.result()).toMatchObject({ version: 2, failedTables: [], merged: 2 });
      expect(calls.publish.map(({ version, recovery }) => ({ version, recovery }))).toEqual([
        { version: 1, recovery: false },
        { version: 1, recovery: true },
      ]);
    });
  });

  it('gives a terminal failure one try and no requeue', async () => {
    const script = {
      tables: ['a', 'breach'],
      groups: [1],
      policies: FAST,
      compose: ({ table }: { table: string }) => {
        if (table === 'breach') throw new BadData('contract breached');
      },
    };
    await withScriptedDay(env, script, 'seal', async ({ handle, calls }) => {
      expect(await handle.result()).toMatchObject({ failedTables: ['breach'] });
      expect(calls.compose.filter(({ table }) => table === 'breach')).toHaveLength(1);
      const progress = await handle.query<{ tables: { table: string; state: string; error?: string }[] }, []>(
        'progress',
      );
      expect(progress.tables.find(({ table }) => table === 'breach')).toMatchObject({
        state: 'refused',
        error: 'contract breached',
      });
    });
  });

  it('tries an archive 3 times in all, alone, and goes on without it', async () => {
    const script = { tables: ['a'], groups: [3], policies: FAST, extract: () => [1] };
    await withScriptedDay(env, script, 'seal', async ({ handle, calls }) => {
      await handle.result();
      expect(calls.extract.map(({ only, last }) => ({ only, last }))).toEqual([
        { only: undefined, last: false },
        { only: [1], last: false },
        { only: [1], last: true },
      ]);
    });
  });

  it('waits until a signal says that the source is complete', async () => {
    const script = {
      tables: ['a'],
      groups: [1],
      policies: FAST,
      watch: async ({ completions }: { completions: unknown[] }) => {
        if (completions.length === 0) await new Promise((resolve) => setTimeout(resolve, 2_000));
      },
    };
    await withScriptedDay(env, script, 'wait', async ({ handle, calls }) => {
      await expect.poll(() => calls.watch.length, { timeout: 10_000 }).toBe(1);
      await handle.signal(sourceComplete, { source: 'main', archives: 1 });
      await handle.signal(sourceComplete, { source: 'main', archives: 1 });
      expect(await handle.result()).toMatchObject({ version: 1 });
      expect(calls.watch.at(-1)!.completions).toEqual([{ source: 'main', archives: 1 }]);
    });
  });

  it('merges a table that an operator asks to retry without waiting for the next round', async () => {
    const script = {
      tables: ['a', 'bad'],
      groups: [1],
      policies: { ...FAST, merge: { tries: 1 }, requeue: { rounds: 1, delay: '1h' } },
      compose: ({ table }: { table: string }, call: number) => {
        if (table === 'bad' && call === 1) throw new StoreAway('away');
      },
    };
    await withScriptedDay(env, script, 'seal', async ({ handle, calls }) => {
      await expect.poll(() => calls.publish.length, { timeout: 10_000 }).toBe(1);
      expect(await handle.executeUpdate(retryTable, { args: [{ tables: ['bad'] }] })).toEqual({
        tables: ['bad'],
      });
      expect(await handle.result()).toMatchObject({ version: 2, failedTables: [] });
    });
  });

  it('refuses a retry of a table that does not exist, and of a malformed request', async () => {
    const script = { tables: ['a'], groups: [1], policies: FAST, holdFirst: true };
    await withScriptedDay(env, script, 'seal', async ({ handle, calls }) => {
      await expect.poll(() => calls.publish.length, { timeout: 10_000 }).toBe(1);
      await expect(handle.executeUpdate(retryTable, { args: [{ tables: ['nope'] }] })).rejects.toThrow();
      await expect(handle.executeUpdate('retryTable', { args: [{ tables: 'all' }] })).rejects.toThrow();
      await handle.executeUpdate('decide', {
        args: [{ version: 1, action: 'release', by: 'ana', why: 'checked' }],
      });
      expect(await handle.result()).toMatchObject({ status: 'published' });
    });
  });

  it('keeps a held version from readers until somebody decides, and refuses a decision without a name', async () => {
    const script = { tables: ['a'], groups: [1], policies: FAST, holdFirst: true };
    await withScriptedDay(env, script, 'seal', async ({ handle, calls }) => {
      await expect.poll(() => calls.publish.length, { timeout: 10_000 }).toBe(1);
      await expect(
        handle.executeUpdate('decide', { args: [{ version: 1, action: 'release', by: '', why: 'x' }] }),
      ).rejects.toThrow();
      await handle.executeUpdate('decide', {
        args: [{ version: 1, action: 'reject', by: 'ana', why: 'prices look wrong' }],
      });
      expect(await handle.result()).toMatchObject({ status: 'held' });
      expect(calls.order).toContain('reject');
    });
  });
});
