import { setTimeout as pause } from 'node:timers/promises';
import type { PartnerConfig } from '../config/partner-config.js';
import { TerminalError } from '../errors.js';
import type { ArchiveRef } from '../ingest/archive-ref.js';
import { type Observed, observeLanding } from '../ingest/arrivals/observe-landing.js';
import { sealedArrivals } from '../ingest/arrivals/sealed-arrivals.js';
import { type SourceVerdict, sourceVerdict } from '../ingest/arrivals/source-verdict.js';
import { encodeJson } from '../ingest/documents/json-object.js';
import {
  dealGroups,
  fillSlice,
  readSlice,
  SLICE_LIMITS,
  type Slice,
  writeSlice,
} from '../ingest/extraction/slice.js';
import { PartnerDayLayout } from '../ingest/layout.js';
import { committedArchives } from '../ingest/planning/committed-archives.js';
import { readReplayList } from '../ingest/quarantine/replay-list.js';
import { PreconditionFailedError } from '../store/errors.js';
import type { ObjectStore } from '../store/object-store.js';
import { byKey } from '../store/utf8-order.js';
import type { ControlActivities, SliceRef, WatchInput, WatchResult } from './contract.js';
import type { Dependencies } from './dependencies.js';
import { WorkerDraining } from './failure.js';
import { withPulse } from './heartbeat.js';
import { sliceRef } from './slice-ref.js';

/** A source missed its deadline and its policy is `fail`. */
export class DeadlineMissedError extends TerminalError {}

const POLL_MS = { file: 500, other: 5_000 };
/** News are handed over after a while that grows with the slices of the day: quick at first, 15 minutes in the end. */
const PATIENCE = { firstMs: 2_000, growth: 1.25, mostMs: 900_000 };

/**
 * Lists the landing prefixes until there is something to do: a full slice, news that waited long enough, or a day that
 * is sealed. One such activity runs at a time; it is restarted when a message arrives.
 */
export function watchArrivals({
  store,
  configs,
  draining,
}: Dependencies): ControlActivities['watchArrivals'] {
  return (input) =>
    withPulse(async ({ signal, progress }) => {
      const watch = new Watch(store, await configs.read(input.configKey), input);
      await watch.recall();
      for (;;) {
        if (draining.aborted) throw new WorkerDraining();
        const result = await watch.look(signal);
        progress({ landed: watch.landed });
        if (result) return result;
        await rest(store, [signal, draining]);
      }
    });
}

/** Until the next look, or until somebody wants something. */
async function rest(store: ObjectStore, signals: AbortSignal[]): Promise<void> {
  const delay = store.url.startsWith('file:') ? POLL_MS.file : POLL_MS.other;
  await pause(delay, undefined, { signal: AbortSignal.any(signals) }).catch(() => undefined);
  signals[0]!.throwIfAborted();
}

class Watch {
  landed = 0;
  readonly #layout: PartnerDayLayout;
  readonly #handed = new Set<string>();
  #completeSince: number | undefined;
  #newsSince: number | undefined;

  constructor(
    private readonly store: ObjectStore,
    private readonly config: PartnerConfig,
    private readonly input: WatchInput,
  ) {
    this.#layout = new PartnerDayLayout(input.partner, input.date);
  }

  /** What the published version holds, and what this run handed over before, is not handed over again. */
  async recall(): Promise<void> {
    for (const archive of await committedArchives(this.store, this.#layout))
      this.#handed.add(identity(archive));
    for (const archive of await readReplayList(this.store, this.input.replay))
      this.#handed.delete(identity(archive));
    for (let index = 0; index < this.input.nextSlice; index++) {
      const slice = await readSlice(this.store, this.#layout.slice(this.input.runId, index));
      for (const group of slice.groups) for (const archive of group) this.#handed.add(identity(archive));
    }
  }

  async look(signal: AbortSignal): Promise<WatchResult | undefined> {
    const observed = await observeLanding(this.store, this.config, this.input.date, this.input, signal);
    const isOverdue = ({ source }: Observed) => this.input.overdue?.includes(source.id) ?? false;
    const verdicts = observed.map((seen) => sourceVerdict(seen, isOverdue(seen)));
    for (const [index, seen] of observed.entries()) {
      if (isOverdue(seen)) requireInTime(seen, verdicts[index]!);
    }
    const sealed = this.#sealed(observed, verdicts);
    // What has not come to its announced size by then is taken as it is.
    if (sealed) for (const seen of observed) seen.landed.push(...seen.misfits.splice(0));
    const archives = observed.flatMap((seen) => seen.landed);
    this.landed = archives.length;
    const news = archives.filter((archive) => !this.#handed.has(identity(archive))).sort(byKey);
    const next = fillSlice(news);
    const result: WatchResult = {
      sources: observed.map((seen, index) => progressOf(seen, verdicts[index]!, this.input.seal)),
      landed: archives.length,
      bytes: archives.reduce((sum, archive) => sum + archive.bytes, 0),
      sealed: false,
    };
    if (sealed && next.length === news.length) {
      const slice = next.length > 0 ? await this.#write(next) : undefined;
      // A predecessor of this attempt wrote the slice from an earlier listing: the rest follows in the next one.
      if (slice && slice.archives !== next.length) return { ...result, slice };
      const arrivalsKey = await this.#seal(observed, verdicts);
      return { ...result, ...(slice ? { slice } : {}), sealed: true, arrivalsKey };
    }
    if (
      next.length > 0 &&
      (sealed || next.length < news.length || next.length === SLICE_LIMITS.archives || this.#waitedEnough())
    ) {
      return { ...result, slice: await this.#write(next) };
    }
    if (next.length === 0) this.#newsSince = undefined;
    return this.input.look ? result : undefined;
  }

  /** Complete, and either nothing more is expected or stragglers have had their time. */
  #sealed(observed: Observed[], verdicts: SourceVerdict[]): boolean {
    const seal = this.input.seal;
    if (!seal && !verdicts.every((verdict) => verdict.complete)) {
      this.#completeSince = undefined;
      return false;
    }
    this.#completeSince ??= Date.now();
    const waited = Date.now() - this.#completeSince;
    return observed.every((seen, index) => {
      const done = seal ? seen.unsettled === 0 : verdicts[index]!.whole;
      return done || waited >= seen.source.settle;
    });
  }

  #waitedEnough(): boolean {
    this.#newsSince ??= Date.now();
    const patience = Math.min(PATIENCE.mostMs, PATIENCE.firstMs * PATIENCE.growth ** this.input.nextSlice);
    return Date.now() - this.#newsSince >= patience;
  }

  async #write(archives: ArchiveRef[]): Promise<SliceRef> {
    const index = this.input.nextSlice;
    const key = this.#layout.slice(this.input.runId, index);
    const slice: Slice = { format: 1, groups: dealGroups(archives) };
    return sliceRef(index, key, await writeSlice(this.store, key, slice));
  }

  /** The day's final list. Where the activity was repeated, the later list stands beside the earlier, under its own number. */
  async #seal(observed: Observed[], verdicts: SourceVerdict[]): Promise<string> {
    const sources = observed.map((seen, index) => ({ seen, completedBy: verdicts[index]!.completedBy }));
    const arrivals = await sealedArrivals(this.store, this.#layout, sources);
    const key = this.#layout.arrivals(this.input.runId, this.input.nextSlice);
    try {
      await this.store.put(key, encodeJson(arrivals), { ifNoneMatch: '*' });
    } catch (error) {
      // A repeat of the activity takes what its predecessor wrote.
      if (!(error instanceof PreconditionFailedError)) throw error;
    }
    return key;
  }
}

function requireInTime({ source }: Observed, { complete, because }: SourceVerdict): void {
  if (complete || source.afterDeadline !== 'fail') return;
  throw new DeadlineMissedError(
    `source ${source.id} missed its deadline of ${source.deadline}: ${because}. Once it is complete: partnerday run`,
  );
}

function progressOf(seen: Observed, verdict: SourceVerdict, seal: boolean): WatchResult['sources'][number] {
  const announced = seen.announced?.length ?? seen.announcedCount;
  return {
    source: seen.source.id,
    complete: seal || verdict.complete,
    because: seal && !verdict.complete ? 'sealed with what is listed now' : verdict.because,
    landed: seen.landed.length,
    ...(announced === undefined ? {} : { announced }),
  };
}

function identity(archive: Pick<ArchiveRef, 'key' | 'etag'>): string {
  return `${archive.key}\0${archive.etag}`;
}
