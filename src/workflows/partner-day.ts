import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  ChildWorkflowFailure,
  condition,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  setCurrentDetails,
  setHandler,
  setWorkflowOptions,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { PlannedVersion, PreparedDay, SliceRef, TableFailure } from '../activities/contract.js';
import { controlActivities } from './activity-proxies.js';
import { currentDetails } from './current-details.js';
import { DayState } from './day-state.js';
import { extractSlice } from './extract-slice.js';
import type { PartnerDayInput, PartnerDayResult } from './inputs.js';
import { type MergeFailure, mergeTable } from './merge-table.js';
import {
  type Decide,
  decide,
  MAX_KEYS,
  progress,
  type RetryTable,
  retryTable,
  type SourceArrived,
  type SourceComplete,
  type Stage,
  sliceProgress,
  sourceArrived,
  sourceComplete,
} from './messages.js';
import { mergeId, QUEUES, sliceId } from './names.js';
import { searchAttributes } from './search-attributes.js';
import { Semaphore } from './semaphore.js';
import { TriesUsedUp, withTries } from './tries.js';

/** Slices extracted at the same time; together with the groups per slice this bounds pending activities. */
const OPEN_SLICES = 2;
/** Before the policies of the partner are known. */
const FIRST_STAGE = { tries: 3, timeout: 3_600_000, heartbeat: 30_000 };
const STAGE_BACKOFF = { initial: 2_000, factor: 2, max: 60_000 };

setWorkflowOptions({ versioningBehavior: 'PINNED' }, partnerDay);
/**
 * One partner's drop for one business date: wait, extract, plan, merge, publish, requeue. Everything durable is an
 * object in the store, so a run that starts over finds what earlier runs committed and does only the rest.
 */
export async function partnerDay(input: PartnerDayInput): Promise<PartnerDayResult> {
  const day = new PartnerDay(input);
  day.listen();
  await day.prepare();
  let planned = input.mode === 'retry' ? await day.resume() : await day.gather();
  for (;;) {
    await day.mergeRound(planned, day.firstRoundTables(), 1);
    if (!planned.settled) await day.publish(planned, false);
    await day.requeue(planned);
    // Archives announced after the day was sealed belong to the next version.
    if (!day.hasNews()) break;
    planned = await day.gather();
  }
  await condition(allHandlersFinished);
  return day.result();
}

class PartnerDay {
  readonly #state: DayState;
  #prepared: PreparedDay | undefined;
  #status: 'published' | 'held' = 'published';
  #nextSlice = 0;
  #decision: Decide | undefined;

  constructor(private readonly input: PartnerDayInput) {
    this.#state = new DayState(input.partner, input.date);
  }

  listen(): void {
    const state = this.#state;
    setHandler(sourceArrived, (message) => void (isArrival(message) && state.arrived(message)), {
      description: 'Some archives, or a manifest of them, are there: {source, manifest? | keys?}',
    });
    setHandler(sourceComplete, (message) => void (isCompletion(message) && state.completed(message)), {
      description: 'The source has sent everything: {source, archives?, bytes?, manifest?, id?}',
    });
    setHandler(sliceProgress, (message) => state.sliceProgress(message), {
      description: 'Internal: from extractSlice',
    });
    setHandler(progress, () => state.progress(), {
      description: 'What the day is doing, per source and per table',
    });
    setHandler(retryTable, (request) => this.#retry(request), {
      validator: validateRetry,
      description: 'Merge failed tables again, now: {tables: [] for all, id?}',
    });
    setHandler(decide, (decision) => this.#decide(decision), {
      validator: (decision) => this.#validateDecision(decision),
      description: 'Release or reject a held version: {version, action: release | reject, by, why}',
    });
  }

  async prepare(): Promise<void> {
    const { partner, date } = this.input;
    this.#stage('waiting', 'reading the configuration');
    const { runId } = workflowInfo();
    const activities = controlActivities({
      partner,
      timeoutMs: FIRST_STAGE.timeout,
      heartbeatMs: FIRST_STAGE.heartbeat,
    });
    this.#prepared = await this.#tries('prepare', FIRST_STAGE.tries, () =>
      activities.prepareDay.executeWithOptions({ summary: 'pin the configuration' }, [
        { partner, date, runId },
      ]),
    );
    this.#state.version = this.#prepared.publishedVersion;
  }

  /** Waits for every source while extracting what has landed, then plans the next version. */
  async gather(): Promise<PlannedVersion> {
    const { partner, date } = this.input;
    const { configKey, policies, publishedVersion } = this.#pinned;
    const { runId } = workflowInfo();
    const state = this.#state;
    const seal = this.input.mode === 'seal' || publishedVersion !== undefined || state.version !== undefined;
    const slices: Promise<void>[] = [];
    let open = 0;
    let arrivalsKey: string | undefined;
    this.#stage('waiting', seal ? 'listing what has landed' : 'waiting for all sources');
    while (arrivalsKey === undefined) {
      const heard = state.news;
      const watched = await this.#untilNews(() =>
        this.#control.watchArrivals.executeWithOptions(
          { summary: seal ? 'list what has landed' : 'watch the landing prefix' },
          [
            {
              partner,
              date,
              runId,
              configKey,
              seal,
              completions: state.completions,
              announcements: state.announcements,
              nextSlice: this.#nextSlice,
              openSlices: open,
            },
          ],
        ),
      );
      if (watched === undefined) continue;
      state.heard = heard;
      state.watched(watched);
      this.#show();
      if (watched.slice) {
        const slice = watched.slice;
        this.#nextSlice = slice.index + 1;
        state.sliceStarted(slice);
        await condition(() => open < OPEN_SLICES);
        open++;
        slices.push(this.#extract(slice).finally(() => open--));
        if (watched.sealed) this.#stage('extracting', `extracting ${watched.landed} archives`);
      }
      if (watched.sealed) arrivalsKey = watched.arrivalsKey;
    }
    await Promise.all(slices);
    this.#stage('planning', 'reading the manifests and planning the tables');
    const key = arrivalsKey;
    const planned = await this.#tries('plan', policies.stage.tries, () =>
      this.#control.planVersion.executeWithOptions({ summary: 'plan the next version' }, [
        { partner, date, runId, configKey, arrivalsKey: key },
      ]),
    );
    state.plan(planned);
    return planned;
  }

  /** Plans nothing: takes up what the newest version still lacks. */
  async resume(): Promise<PlannedVersion> {
    const { partner, date } = this.input;
    this.#stage('planning', 'looking for tables that are still to merge');
    const planned = await this.#tries('resume', this.#pinned.policies.stage.tries, () =>
      this.#control.resumeVersion.executeWithOptions({ summary: 'find what is still to merge' }, [
        { partner, date, configKey: this.#pinned.configKey },
      ]),
    );
    if (planned === undefined) {
      throw ApplicationFailure.nonRetryable(
        `${partner} ${date} has no version yet: nothing can be retried. Start it with: partnerday run ${partner} ${date}`,
        'NothingToRetry',
      );
    }
    this.#state.plan(planned);
    return planned;
  }

  /** A retry names its tables; every other first round merges all that is not merged. */
  firstRoundTables(): string[] {
    const requested = this.#state.takeRetryRequests();
    return this.input.mode === 'retry' && requested.length > 0 ? requested : this.#state.unmerged();
  }

  /** Tables are independent: one that fails neither stops nor delays another. */
  async mergeRound(planned: PlannedVersion, tables: string[], round: number): Promise<string[]> {
    if (tables.length === 0) return [];
    const { partner, date } = this.input;
    const { configKey, policies } = this.#pinned;
    const rounds = policies.requeue.rounds + 1;
    const slots = new Semaphore(policies.maxConcurrentMerges);
    this.#stage(
      'merging',
      `merging ${tables.length} tables${round > 1 ? `, round ${round} of ${rounds}` : ''}`,
    );
    const merged: string[] = [];
    const one = async (table: string) => {
      const version = planned.tables.find((candidate) => candidate.table === table)!.version;
      this.#state.mergeStarted(table, round);
      this.#show();
      try {
        const result = await executeChild(mergeTable, {
          workflowId: mergeId(partner, date, version, table, round),
          taskQueue: QUEUES.control,
          parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          staticSummary: `${table}${round > 1 ? `, round ${round}` : ''}`,
          priority: { fairnessKey: partner },
          args: [
            {
              partner,
              date,
              configKey,
              version,
              table,
              round,
              rounds,
              policy: policies.merge,
              heartbeat: policies.heartbeat,
            },
          ],
        });
        this.#state.merged(table, result.rows, result.bytes, result.tries);
        merged.push(table);
      } catch (error) {
        if (isCancellation(error)) throw error;
        this.#state.mergeFailed(tableFailure(table, round, error));
      }
      this.#show();
    };
    await Promise.all(tables.map((table) => slots.run(() => one(table))));
    return merged;
  }

  async publish(planned: PlannedVersion, recovery: boolean): Promise<void> {
    const { partner, date } = this.input;
    const { configKey, policies } = this.#pinned;
    const { workflowId, runId } = workflowInfo();
    this.#stage(
      'publishing',
      recovery ? 'publishing the recovered tables' : `publishing version ${planned.version}`,
    );
    const publishedAt = new Date().toISOString();
    const published = await this.#tries('publish', policies.stage.tries, () =>
      this.#control.publishVersion.executeWithOptions(
        { summary: recovery ? 'publish recovered tables' : `publish v${planned.version}` },
        [
          {
            partner,
            date,
            configKey,
            version: recovery ? this.#state.version! : planned.version,
            recovery,
            failures: [...this.#state.failures.values()],
            publishedAt,
            workflowId,
            runId,
          },
        ],
      ),
    );
    this.#state.version = published.version;
    this.#state.score = published.score;
    this.#status = published.status;
    upsertSearchAttributes([
      { key: searchAttributes.qualityScore, value: published.score },
      { key: searchAttributes.failedTables, value: published.failedTables },
    ]);
    this.#stage(published.status, `version ${published.version} is ${published.status}`);
    if (published.status === 'held') await this.#untilDecided();
  }

  /** Up to `rounds` further rounds, for failed tables only; whatever recovers is published at once. */
  async requeue(planned: PlannedVersion): Promise<void> {
    const { rounds, delay } = this.#pinned.policies.requeue;
    const state = this.#state;
    for (let round = 2; ; round++) {
      const due = this.#transientlyFailed();
      const asked = () => state.retryRequests.size > 0;
      if (!asked() && (due.length === 0 || round > rounds + 1)) break;
      if (!asked()) {
        state.nextRoundAt = new Date(Date.now() + delay).toISOString();
        this.#stage('requeue', `round ${round} of ${rounds + 1} follows for ${due.join(', ')}`);
        await condition(asked, delay);
        state.nextRoundAt = undefined;
      }
      const recovered = await this.mergeRound(planned, asked() ? state.takeRetryRequests() : due, round);
      if (recovered.length > 0) await this.publish(planned, true);
    }
    this.#stage(this.#status, this.#closing());
  }

  hasNews(): boolean {
    return this.input.mode !== 'retry' && this.#state.news > this.#state.heard;
  }

  result(): PartnerDayResult {
    const state = this.#state;
    return {
      partner: state.partner,
      date: state.date,
      version: state.version!,
      status: this.#status,
      score: state.score ?? 0,
      merged: [...state.tables.values()].filter((table) => table.state === 'merged').length,
      failedTables: [...state.failures.keys()].sort(),
    };
  }

  async #extract(slice: SliceRef): Promise<void> {
    const { partner, date } = this.input;
    const { configKey, policies } = this.#pinned;
    await executeChild(extractSlice, {
      workflowId: sliceId(partner, date, workflowInfo().runId, slice.index),
      taskQueue: QUEUES.control,
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      staticSummary: `slice ${slice.index}: ${slice.archives} archives`,
      priority: { fairnessKey: partner },
      args: [
        {
          partner,
          date,
          configKey,
          index: slice.index,
          key: slice.key,
          groups: slice.groups,
          archives: slice.archives,
          policy: policies.extraction,
          maxConcurrent: policies.maxConcurrentExtracts,
          heartbeat: policies.heartbeat,
        },
      ],
    });
  }

  /** The activity's result, or `undefined` when a message came first and its question is out of date. */
  async #untilNews<T>(activity: () => Promise<T>): Promise<T | undefined> {
    const heard = this.#state.news;
    const scope = new CancellationScope();
    const result = scope.run(() => this.#tries('watch', this.#pinned.policies.stage.tries, activity));
    const outcome = result.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    const first = await Promise.race([outcome, condition(() => this.#state.news > heard)]);
    if (first === undefined) {
      scope.cancel();
      await outcome;
      return undefined;
    }
    if ('error' in first) throw first.error;
    return first.value;
  }

  async #retry(request: RetryTable): Promise<{ tables: string[] }> {
    await condition(() => this.#state.planned !== undefined);
    const unknown = request.tables.filter((table) => !this.#state.tables.has(table));
    if (unknown.length > 0) {
      throw ApplicationFailure.nonRetryable(
        `no such table in ${this.input.partner} ${this.input.date}: ${unknown.join(', ')}`,
        'UnknownTable',
      );
    }
    return { tables: this.#state.requestRetry(request) };
  }

  #validateDecision(decision: Decide): void {
    const { version, action, by, why } = decision ?? {};
    if ((action !== 'release' && action !== 'reject') || !by || !why) {
      throw ApplicationFailure.nonRetryable(
        'expected {version, action: release | reject, by, why}',
        'InvalidDecision',
      );
    }
    if (this.#status !== 'held' || version !== this.#state.version) {
      throw ApplicationFailure.nonRetryable(`version ${version} is not on hold`, 'NotOnHold');
    }
  }

  async #decide(decision: Decide): Promise<{ version: number; status: string }> {
    this.#decision = decision;
    await condition(() => this.#decision === undefined);
    return { version: decision.version, status: this.#status };
  }

  /** Readers keep the earlier version until somebody decides; the day stays open meanwhile. */
  async #untilDecided(): Promise<void> {
    const { partner, date } = this.input;
    const next = `partnerday explain ${partner} ${date}`;
    this.#stage(
      'held',
      `version ${this.#state.version} waits for a decision (update "decide"). Next: ${next}`,
    );
    await condition(() => this.#decision !== undefined);
    const decision = this.#decision!;
    const decided = await this.#tries('decide', this.#pinned.policies.stage.tries, () =>
      this.#control.applyDecision.executeWithOptions({ summary: `${decision.action} v${decision.version}` }, [
        { partner, date, decision, decidedAt: new Date().toISOString() },
      ]),
    );
    this.#status = decided.status;
    this.#decision = undefined;
  }

  async #tries<T>(what: string, tries: number, attempt: () => Promise<T>): Promise<T> {
    try {
      return (await withTries(tries, STAGE_BACKOFF, what, attempt)).value;
    } catch (error) {
      if (!(error instanceof TriesUsedUp)) throw error;
      this.#stage('failed', `${what}: ${error.message}`);
      throw ApplicationFailure.create({
        type: error.fault.type,
        message: `${what}: ${error.message}`,
        nonRetryable: true,
        details: [{ transient: error.fault.transient }],
      });
    }
  }

  #transientlyFailed(): string[] {
    return [...this.#state.failures.values()]
      .filter((failure) => failure.transient)
      .map((failure) => failure.table);
  }

  #closing(): string {
    const failed = this.#state.failures.size;
    const version = `version ${this.#state.version} is ${this.#status}`;
    return failed === 0
      ? version
      : `${version}; ${failed} failed: ${[...this.#state.failures.keys()].join(', ')}. Next: partnerday explain ${this.input.partner} ${this.input.date}`;
  }

  #stage(stage: Stage, message: string): void {
    const changed = this.#state.stage !== stage;
    this.#state.stage = stage;
    this.#state.message = message;
    if (changed) upsertSearchAttributes([{ key: searchAttributes.stage, value: stage }]);
    this.#show();
  }

  #show(): void {
    setCurrentDetails(currentDetails(this.#state.progress()));
  }

  get #pinned(): PreparedDay {
    if (!this.#prepared) throw new Error('prepare() comes first');
    return this.#prepared;
  }

  get #control() {
    const { policies } = this.#pinned;
    return controlActivities({
      partner: this.input.partner,
      timeoutMs: policies.stage.timeout,
      heartbeatMs: policies.heartbeat,
    });
  }
}

function tableFailure(table: string, round: number, error: unknown): TableFailure {
  const cause = error instanceof ChildWorkflowFailure ? error.cause : error;
  const detail =
    cause instanceof ApplicationFailure ? (cause.details?.[0] as MergeFailure | undefined) : undefined;
  if (detail) return { table, rounds: round, ...detail };
  const message = cause instanceof Error ? cause.message : String(cause);
  return { table, rounds: round, type: 'MergeFailed', error: message, tries: 1, transient: false };
}

function isArrival(message: SourceArrived): boolean {
  return (
    typeof message?.source === 'string' &&
    (message.keys === undefined || (Array.isArray(message.keys) && message.keys.length <= MAX_KEYS))
  );
}

function isCompletion(message: SourceComplete): boolean {
  return typeof message?.source === 'string';
}

function validateRetry(request: RetryTable): void {
  if (
    !Array.isArray(request?.tables) ||
    request.tables.length > MAX_KEYS ||
    request.tables.some((table) => typeof table !== 'string')
  ) {
    throw ApplicationFailure.nonRetryable(
      'expected {tables: string[]} with at most 100 tables; [] means all',
      'InvalidRetry',
    );
  }
}
