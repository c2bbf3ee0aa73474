import type {
  Activities,
  ComposeInput,
  ExtractGroupInput,
  PlannedTable,
  PublishInput,
  WatchInput,
} from '../../src/activities/contract.js';
import { toFailure } from '../../src/activities/failure.js';
import { partnerConfigSchema } from '../../src/config/partner-config.js';
import { TerminalError, TransientError } from '../../src/errors.js';
import type { SourceDeadline } from '../../src/ingest/arrivals/source-deadlines.js';

/** Stands for a store that does not answer just now. */
export class StoreAway extends TransientError {}
/** Stands for data that will be as bad the next time. */
export class BadData extends TerminalError {}

export interface Script {
  tables: string[];
  /** Groups of archives in the day's one slice. */
  groups: number[];
  policies?: Record<string, unknown>;
  publishedVersion?: number;
  compose?: (input: ComposeInput, call: number) => void | Promise<void>;
  extract?: (input: ExtractGroupInput, call: number) => number[] | Promise<number[]>;
  watch?: (input: WatchInput) => Promise<void>;
  holdFirst?: boolean;
  /** Asked when the day is prepared. */
  deadlines?: () => SourceDeadline[];
  /** In the place of those that follow the rest of the script. */
  activities?: Partial<Activities>;
}

export interface Calls {
  compose: ComposeInput[];
  extract: ExtractGroupInput[];
  publish: PublishInput[];
  watch: WatchInput[];
  /** Order of everything that happened, for "before" and "after". */
  order: string[];
}

/** Activities that follow a script, so that a test can say exactly what fails when; the workflows are the real ones. */
export function scriptedActivities(script: Script): { activities: Activities; calls: Calls } {
  const calls: Calls = { compose: [], extract: [], publish: [], watch: [], order: [] };
  const config = partnerConfigSchema.parse({ id: 'acme', policies: script.policies ?? {} });
  const merged = new Set<string>();
  let version = script.publishedVersion ?? 0;
  const planned = (): PlannedTable[] =>
    script.tables.map((table) => ({
      table,
      version: 1,
      files: 2,
      rows: 10,
      bytes: 100,
      merged: merged.has(table),
    }));
  const activities: Activities = {
    async listDueDays() {
      return { days: [{ partner: 'acme', date: '2026-11-20' }] };
    },
    async listBackfill() {
      return { days: [] };
    },
    async prepareDay() {
      const { policies } = config;
      return {
        configKey: 'c',
        policies,
        sources: ['main'],
        deadlines: script.deadlines?.() ?? [],
        ...(version > 0 ? { publishedVersion: version } : {}),
      };
    },
    async watchArrivals(input) {
      calls.watch.push(input);
      await script.watch?.(input);
      const archives = script.groups.reduce((sum, size) => sum + size, 0);
      return {
        slice: { index: 0, key: 'slice-0', archives, bytes: archives * 10, groups: script.groups },
        sources: [{ source: 'main', complete: true, because: 'scripted', landed: archives }],
        landed: archives,
        bytes: archives * 10,
        sealed: true,
        arrivalsKey: 'arrivals',
      };
    },
    async extractGroup(input) {
      calls.extract.push(input);
      const failed = (await script.extract?.(input, calls.extract.length)) ?? [];
      const size = input.only?.length ?? script.groups[input.group]!;
      return {
        done: size - failed.length,
        rows: size - failed.length,
        bytes: 1,
        findings: 0,
        failed: failed.map((position) => ({
          position,
          key: `k${position}`,
          type: 'StoreAway',
          error: 'away',
          transient: true,
        })),
      };
    },
    async planVersion() {
      calls.order.push('plan');
      return {
        version: version + 1,
        verdict: 'complete',
        archives: 1,
        findings: 0,
        published: false,
        tables: planned(),
      };
    },
    async tellDeadline({ when }) {
      calls.order.push(when);
      return { alertKey: when };
    },
    async listExpired() {
      return { archives: 0, bytes: 0, slices: [] };
    },
    async resumeVersion() {
      return { version, verdict: 'complete', archives: 1, findings: 0, published: true, tables: planned() };
    },
    async composeTable(input) {
      calls.compose.push(input);
      calls.order.push(`compose ${input.table}`);
      try {
        await script.compose?.(input, calls.compose.filter(({ table }) => table === input.table).length);
      } catch (error) {
        throw toFailure(error);
      }
      merged.add(input.table);
      return { rows: 10, bytes: 100, workerBytes: 1 };
    },
    async checkRelations() {
      calls.order.push('check');
      return { checked: 0, broken: 0 };
    },
    async publishVersion(input) {
      calls.publish.push(input);
      calls.order.push('publish');
      version = input.recovery ? input.version + 1 : input.version;
      const failedTables = script.tables.filter((table) => !merged.has(table));
      const status = script.holdFirst && version === 1 ? 'held' : 'published';
      return { version, status, score: 100 - failedTables.length, failedTables, summaryKey: 's' };
    },
    async applyDecision({ decision }) {
      calls.order.push(decision.action);
      return { status: decision.action === 'release' ? 'published' : 'held' };
    },
    async tellExhausted({ failures }) {
      calls.order.push(`tell ${failures.map(({ table, tries }) => `${table} ${tries}`).join(', ')}`);
      return { alertKey: 'alert' };
    },
    async tellFailure({ error }) {
      calls.order.push(`tell failure ${error}`);
      return { alertKey: 'failure' };
    },
    // What is told goes on beside the day: it has no place in the order.
    async writeReport() {
      return { key: 'report' };
    },
    async emitLineage() {
      return { events: 0 };
    },
    async listDueReports() {
      return { reports: [] };
    },
    async deliverAlert() {
      return { outcomes: {} };
    },
    async triggerAirflow() {
      return { outcome: 'triggered' };
    },
    async dropLeftovers() {
      return { uploads: 0, objects: 0 };
    },
    async recordLost() {
      calls.order.push('recordLost');
    },
  };
  return { activities: { ...activities, ...withFailures(script.activities ?? {}) }, calls };
}

/** Errors reach workflows as those of the real activities do. */
function withFailures(activities: Partial<Activities>): Partial<Activities> {
  return Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      async (input: never) => {
        try {
          return await activity(input);
        } catch (error) {
          throw toFailure(error);
        }
      },
    ]),
  );
}
