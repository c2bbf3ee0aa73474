import { setTimeout as pause } from 'node:timers/promises';
import type { DayMode } from '../../src/workflows/inputs.js';
import { retryTable, sourceArrived, sourceComplete } from '../../src/workflows/messages.js';
import type { ScriptedDay } from './run-scripted-day.js';
import { BadData, type Script, StoreAway } from './scripted-activities.js';

/** One way a partner-day can go; its histories are recorded and replayed against every later version of the code. */
export interface RecordedPath {
  name: string;
  mode: DayMode;
  script: Script;
  /** What a client does meanwhile. */
  drive?: (day: ScriptedDay) => Promise<void>;
}

const FAST = {
  extraction: { backoff: { initial: '10ms' } },
  merge: { tries: 2, backoff: { initial: '10ms' } },
  requeue: { rounds: 1, delay: '50ms' },
};
const PLAIN: Script = { tables: ['a', 'b'], groups: [2, 1], policies: FAST };

const failing = (table: string, error: () => Error, calls = Number.POSITIVE_INFINITY): Script => ({
  ...PLAIN,
  compose: (input, call) => {
    if (input.table === table && call <= calls) throw error();
  },
});
const untilSignalled: Script = {
  ...PLAIN,
  watch: async ({ completions }) => {
    if (completions.length === 0) await pause(1_500);
  },
};
const published = async ({ calls }: ScriptedDay) => {
  while (calls.publish.length === 0) await pause(20);
};
const watching = async ({ calls }: ScriptedDay) => {
  while (calls.watch.length === 0) await pause(20);
};

export const recordedPaths: RecordedPath[] = [
  { name: 'all-tables-merge', mode: 'seal', script: PLAIN },
  { name: 'nothing-landed', mode: 'seal', script: { ...PLAIN, tables: [], groups: [] } },
  { name: 'table-fails-in-every-round', mode: 'seal', script: failing('b', () => new StoreAway('away')) },
  { name: 'table-recovers', mode: 'seal', script: failing('b', () => new StoreAway('away'), 2) },
  { name: 'terminal-failure', mode: 'seal', script: failing('b', () => new BadData('breach')) },
  {
    name: 'archive-used-up-its-tries',
    mode: 'seal',
    script: { ...PLAIN, extract: ({ group }) => (group === 0 ? [1] : []) },
  },
  {
    name: 'completed-by-signal',
    mode: 'wait',
    script: untilSignalled,
    drive: async (day) => {
      await watching(day);
      await day.handle.signal(sourceArrived, { source: 'main', keys: ['landing/acme/2026-11-20/a.tar.gz'] });
      await day.handle.signal(sourceComplete, { source: 'main' });
    },
  },
  {
    name: 'archive-announced-after-publication',
    mode: 'wait',
    script: {
      ...failing('b', () => new StoreAway('away'), 2),
      policies: { ...FAST, requeue: { rounds: 1, delay: '1500ms' } },
    },
    drive: async (day) => {
      await published(day);
      await day.handle.signal(sourceArrived, { source: 'main' });
    },
  },
  {
    name: 'retried-while-open',
    mode: 'seal',
    script: {
      ...failing('b', () => new StoreAway('away'), 2),
      policies: { ...FAST, requeue: { rounds: 1, delay: '1h' } },
    },
    drive: async (day) => {
      await published(day);
      await day.handle.executeUpdate(retryTable, { args: [{ tables: ['b'] }] });
    },
  },
  {
    name: 'retried-after-the-end',
    mode: 'retry',
    script: { ...PLAIN, publishedVersion: 1 },
    drive: async ({ handle }) => {
      await handle.executeUpdate(retryTable, { args: [{ tables: [] }] });
    },
  },
  {
    name: 'held-and-released',
    mode: 'seal',
    script: { ...PLAIN, holdFirst: true },
    drive: async (day) => {
      await published(day);
      const args: [unknown] = [{ version: 1, action: 'release', by: 'ana', why: 'checked with the partner' }];
      await day.handle.executeUpdate('decide', { args });
    },
  },
  {
    name: 'cancelled-while-waiting',
    mode: 'wait',
    script: untilSignalled,
    drive: async (day) => {
      await watching(day);
      await day.handle.cancel();
    },
  },
];
