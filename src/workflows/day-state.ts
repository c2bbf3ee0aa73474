import type {
  Completion,
  PlannedVersion,
  SliceRef,
  TableFailure,
  WatchResult,
} from '../activities/contract.js';
import type {
  Progress,
  RetryTable,
  SliceProgress,
  SourceArrived,
  SourceComplete,
  SourceProgress,
  Stage,
  TableProgress,
} from './messages.js';

/** All a partner-day remembers. Knows nothing of Temporal: messages are methods, `progress` is a view. */
export class DayState {
  stage: Stage = 'waiting';
  message = 'starting';
  version: number | undefined;
  score: number | undefined;
  nextRoundAt: string | undefined;
  sources: SourceProgress[] = [];
  landed = { archives: 0, bytes: 0 };
  readonly tables = new Map<string, TableProgress>();
  readonly failures = new Map<string, TableFailure>();
  readonly completions: Completion[] = [];
  readonly announcements: SourceArrived[] = [];
  /** Bumped by every message that could change what has arrived. */
  news = 0;
  /** The value of `news` that the newest listing has taken into account. */
  heard = 0;
  /** Sources whose deadline has passed. */
  readonly overdue: string[] = [];
  /** How many of them the newest listing has taken into account. */
  shownOverdue: number | undefined;
  /** Of sources that have one; ISO. */
  readonly deadlines = new Map<string, string>();
  /** Tables somebody asked to retry and that have not been taken up yet. */
  readonly retryRequests = new Set<string>();
  /** A retry of named tables is on its way through its update handler. */
  retryExpected = false;
  /** Tables merged since the newest publication of this run. */
  mergedNow = 0;
  planned: PlannedVersion | undefined;
  readonly #completionIds = new Set<string>();
  readonly #slices = new Map<number, SliceProgress>();

  constructor(
    readonly partner: string,
    readonly date: string,
  ) {}

  arrived(message: SourceArrived): void {
    this.announcements.push(message);
    this.news++;
  }

  completed(message: SourceComplete): void {
    const id = message.id ?? message.source;
    if (this.#completionIds.has(id)) return;
    this.#completionIds.add(id);
    const { source, archives, bytes, manifest } = message;
    this.completions.push({
      source,
      ...(archives === undefined ? {} : { archives }),
      ...(bytes === undefined ? {} : { bytes }),
      ...(manifest === undefined ? {} : { manifest }),
    });
    this.news++;
  }

  /**
   * Slices that are read again are none of the day's progress. Signals sent one after the other may arrive in another
   * order: what is known already is not forgotten.
   */
  sliceProgress(message: SliceProgress): void {
    const known = this.#slices.get(message.slice);
    if (known === undefined || message.done + message.failed < known.done + known.failed) return;
    this.#slices.set(message.slice, message);
  }

  deadlinePassed(source: string): void {
    this.overdue.push(source);
  }

  isComplete(source: string): boolean {
    return this.sources.some((known) => known.source === source && known.complete);
  }

  sliceStarted(slice: SliceRef): void {
    if (!this.#slices.has(slice.index))
      this.#slices.set(slice.index, { slice: slice.index, done: 0, failed: 0, rows: 0 });
  }

  watched(result: WatchResult): void {
    this.sources = result.sources;
    this.landed = { archives: result.landed, bytes: result.bytes };
    const open = result.sources.filter((source) => !source.complete);
    this.message =
      open.length === 0
        ? 'all sources are complete'
        : `waiting for ${open.map((source) => `${source.source} (${source.because})`).join(', ')}`;
  }

  plan(planned: PlannedVersion): void {
    this.planned = planned;
    for (const table of planned.tables) {
      const known = this.tables.get(table.table);
      if (known?.state === 'merged' && table.merged) continue;
      this.tables.set(table.table, {
        table: table.table,
        state: table.merged ? 'merged' : 'waiting',
        files: table.files,
        rows: table.rows,
        bytes: table.bytes,
        round: 0,
        tries: 0,
      });
      this.failures.delete(table.table);
    }
  }

  /** Tables of the plan that are not merged yet. */
  unmerged(): string[] {
    return [...this.tables.values()].filter((table) => table.state !== 'merged').map((table) => table.table);
  }

  mergeStarted(table: string, round: number): void {
    this.#update(table, { state: 'merging', round });
  }

  merged(table: string, rows: number, bytes: number, tries: number): void {
    this.failures.delete(table);
    const known = this.tables.get(table)!;
    this.tables.set(table, { ...omitError(known), state: 'merged', rows, bytes, tries });
    this.mergedNow++;
  }

  published(version: number, score: number): void {
    this.version = version;
    this.score = score;
    this.mergedNow = 0;
  }

  /** Failed tables for which another round may help. */
  transientlyFailed(): string[] {
    return [...this.failures.values()].filter((failure) => failure.transient).map((failure) => failure.table);
  }

  expectRetry(): void {
    this.retryExpected = true;
  }

  mergeFailed(failure: TableFailure): void {
    const earlier = this.failures.get(failure.table)?.tries ?? 0;
    this.failures.set(failure.table, { ...failure, tries: earlier + failure.tries });
    this.#update(failure.table, {
      state: failure.transient ? 'failed' : 'refused',
      tries: failure.tries,
      error: failure.error,
    });
  }

  requestRetry(request: RetryTable): string[] {
    // In a run that only retries, what is still to merge has failed in an earlier run.
    const failed = [...this.tables.values()].filter(({ state }) => state !== 'merged' && state !== 'merging');
    const tables = request.tables.length > 0 ? request.tables : failed.map(({ table }) => table);
    for (const table of tables) this.retryRequests.add(table);
    return tables;
  }

  takeRetryRequests(): string[] {
    const tables = [...this.retryRequests].filter((table) => this.tables.get(table)?.state !== 'merged');
    this.retryRequests.clear();
    return tables.filter((table) => this.tables.has(table));
  }

  progress(): Progress {
    const slices = [...this.#slices.values()];
    const sum = (pick: (slice: SliceProgress) => number) =>
      slices.reduce((total, slice) => total + pick(slice), 0);
    return {
      partner: this.partner,
      date: this.date,
      stage: this.stage,
      message: this.message,
      sources: this.sources.map((source) => {
        const deadline = this.deadlines.get(source.source);
        return deadline === undefined ? source : { ...source, deadline };
      }),
      archives: {
        landed: this.landed.archives,
        committed: sum((slice) => slice.done),
        failed: sum((slice) => slice.failed),
        bytes: this.landed.bytes,
      },
      tables: [...this.tables.values()],
      ...(this.version === undefined ? {} : { version: this.version }),
      ...(this.score === undefined ? {} : { score: this.score }),
      ...(this.nextRoundAt === undefined ? {} : { nextRoundAt: this.nextRoundAt }),
    };
  }

  #update(table: string, change: Partial<TableProgress>): void {
    const known = this.tables.get(table);
    if (known) this.tables.set(table, { ...known, ...change });
  }
}

function omitError({ error: _error, ...rest }: TableProgress): TableProgress {
  return rest;
}
