import { ApplicationFailure, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { PlannedVersion, PreparedDay } from '../activities/contract.js';
import { controlActivities } from './activity-proxies.js';
import { currentDetails } from './current-details.js';
import { DayState } from './day-state.js';
import type { PartnerDayInput, PartnerDayResult } from './inputs.js';
import type { Decide, Stage } from './messages.js';
import { progressSink } from './progress-sink.js';
import { searchAttributes } from './search-attributes.js';
import { TriesUsedUp, withTries } from './tries.js';

/** Until the partner's own policies are known. */
const FIRST_STAGE = {
  tries: 3,
  timeout: 3_600_000,
  backoff: { initial: 2_000, factor: 2, max: 60_000 },
  heartbeat: 30_000,
};

/** What the stages of one run share: its state, its pinned configuration, and the story it tells in the Web UI. */
export class Day {
  readonly state: DayState;
  readonly partner: string;
  readonly date: string;
  status: 'published' | 'held' = 'published';
  nextSlice = 0;
  decision: Decide | undefined;
  #prepared: PreparedDay | undefined;

  constructor(readonly input: PartnerDayInput) {
    this.partner = input.partner;
    this.date = input.date;
    this.state = new DayState(input.partner, input.date);
  }

  get prepared(): PreparedDay {
    if (!this.#prepared) throw new Error('the stage "prepare" comes first');
    return this.#prepared;
  }

  set prepared(prepared: PreparedDay) {
    this.#prepared = prepared;
    this.state.version = prepared.publishedVersion;
  }

  get planned(): PlannedVersion {
    if (!this.state.planned) throw new Error('planning comes first');
    return this.state.planned;
  }

  /** `undefined`: the configuration has not been read, or could not be. */
  get policies(): PreparedDay['policies'] | undefined {
    return this.#prepared?.policies;
  }

  /** The arguments every activity of this day begins with. */
  get ref(): { partner: string; date: string; configKey: string } {
    return { partner: this.partner, date: this.date, configKey: this.prepared.configKey };
  }

  /** For the activities that decide which archives are read. */
  get replay(): { replay?: string } {
    const { replay } = this.input;
    return replay === undefined ? {} : { replay };
  }

  /** Groups in extraction and tables in merging at once. The days of a backfill share what the partner may have. */
  get atOnce(): { extracts: number; merges: number } {
    const { maxConcurrentExtracts, maxConcurrentMerges } = this.prepared.policies;
    const days = this.input.backfill?.parallel ?? 1;
    const share = (most: number) => Math.max(1, Math.floor(most / days));
    return { extracts: share(maxConcurrentExtracts), merges: share(maxConcurrentMerges) };
  }

  get control() {
    const policies = this.#prepared?.policies;
    return controlActivities({
      partner: this.partner,
      timeoutMs: policies?.stage.timeout ?? FIRST_STAGE.timeout,
      heartbeatMs: policies?.heartbeat ?? FIRST_STAGE.heartbeat,
    });
  }

  /** One stage's work under the policy for stages; when its tries are used up the day fails, and says where. */
  async tries<T>(what: string, attempt: () => Promise<T>): Promise<T> {
    try {
      const { tries, backoff = FIRST_STAGE.backoff } = this.#prepared?.policies.stage ?? FIRST_STAGE;
      return (await withTries(tries, backoff, what, attempt)).value;
    } catch (error) {
      if (!(error instanceof TriesUsedUp)) throw error;
      this.enter('failed', `${what}: ${error.message}`);
      throw ApplicationFailure.create({
        type: error.fault.type,
        message: `${what}: ${error.message}`,
        nonRetryable: true,
        details: [{ transient: error.fault.transient }],
      });
    }
  }

  /** A retry names its tables; every other first round merges all that is not merged. */
  firstRound(): string[] {
    const requested = this.state.takeRetryRequests();
    return this.input.mode === 'retry' && requested.length > 0 ? requested : this.state.unmerged();
  }

  hasNews(): boolean {
    return this.input.mode !== 'retry' && this.state.news > this.state.heard;
  }

  enter(stage: Stage, message: string): void {
    const changed = this.state.stage !== stage;
    this.state.stage = stage;
    this.state.message = message;
    if (changed) upsertSearchAttributes([{ key: searchAttributes.stage, value: stage }]);
    this.show();
  }

  show(): void {
    const progress = this.state.progress();
    setCurrentDetails(currentDetails(progress));
    if (this.#prepared?.mirrorsProgress) progressSink.report(progress);
  }

  result(): PartnerDayResult {
    const { partner, date, state } = this;
    return {
      partner,
      date,
      version: state.version!,
      status: this.status,
      score: state.score ?? 0,
      merged: [...state.tables.values()].filter((table) => table.state === 'merged').length,
      failedTables: [...state.failures.keys()].sort(),
    };
  }
}
