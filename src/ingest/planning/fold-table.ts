import { FullPlanNeeded } from './full-plan-needed.js';
import type { RangeList } from './range-list.js';
import { type FoldedTable, TableFold } from './table-fold.js';
import type { TableExpectation } from './table-rules.js';
import { decodeShare, type EncodedShare } from './table-share.js';

/** Shares of one table in canonical order, with the ranges that are theirs. */
export interface ShareSource {
  /** What the groups of the shares name. */
  readonly headers: readonly (readonly string[])[];
  readonly ranges: RangeList;
  /** What the ranges name. */
  readonly rangeHeaders: readonly (readonly string[])[];
  shares(): Iterable<EncodedShare>;
}

/** Where an archive stands in canonical order. */
export interface PlacedArchive {
  readonly order: number;
  readonly key: string;
}

export interface FoldInput {
  readonly expectation: TableExpectation;
  /** Why the table must not be merged, whatever its members are like. */
  readonly refusals: readonly { reason: string; code?: 'schema-unreadable' }[];
  /** Of the archives read for this version. */
  readonly parts?: ShareSource | undefined;
  /** Of the version before. */
  readonly earlier?: ShareSource | undefined;
  /** Archives whose earlier share does not count any more. */
  readonly dropped: ReadonlySet<string>;
  /** All archives of the version, by id. */
  readonly archives: ReadonlyMap<string, PlacedArchive>;
}

/**
 * The plan of one table from the shares of its archives; `undefined` when there are none.
 * @throws FullPlanNeeded
 */
export function* foldTable(input: FoldInput): Generator<undefined, FoldedTable | undefined> {
  const fold = new TableFold(input.expectation);
  for (const { reason, code } of input.refusals) fold.refuse(reason, code === undefined ? {} : { code });
  const none: ReadonlySet<string> = new Set();
  const queues = [
    new ShareQueue(input.parts, none, input.archives),
    new ShareQueue(input.earlier, input.dropped, input.archives),
  ];
  for (let next = first(queues); next !== undefined; next = first(queues)) {
    next.moveTo(fold);
    yield;
  }
  return fold.isEmpty ? undefined : fold.finish();
}

function first(queues: readonly ShareQueue[]): ShareQueue | undefined {
  let found: ShareQueue | undefined;
  for (const queue of queues) if (queue.order < (found?.order ?? Number.POSITIVE_INFINITY)) found = queue;
  return found;
}

class ShareQueue {
  order = Number.POSITIVE_INFINITY;
  readonly #shares: Iterator<EncodedShare> | undefined;
  #share: EncodedShare | undefined;
  #key = '';
  #range = 0;

  constructor(
    private readonly source: ShareSource | undefined,
    private readonly dropped: ReadonlySet<string>,
    private readonly archives: ReadonlyMap<string, PlacedArchive>,
  ) {
    this.#shares = source?.shares()[Symbol.iterator]();
    this.#advance(-1);
  }

  moveTo(fold: TableFold): void {
    const { headers, rangeHeaders, ranges } = this.source!;
    const share = decodeShare(this.#share!);
    fold.add(share, this.#key, headers);
    for (const end = this.#range + share.ranges; this.#range < end; this.#range++) {
      fold.addRange(ranges, this.#range, rangeHeaders[ranges.headerAt(this.#range)]!);
    }
    this.#advance(this.order);
  }

  #advance(after: number): void {
    for (;;) {
      const next = this.#shares?.next();
      if (next === undefined || next.done) {
        this.order = Number.POSITIVE_INFINITY;
        if (this.#range !== (this.source?.ranges.length ?? 0))
          throw new FullPlanNeeded('ranges without a share');
        return;
      }
      const [id, ranges] = next.value;
      if (this.#range + ranges > this.source!.ranges.length)
        throw new FullPlanNeeded('a share without its ranges');
      if (this.dropped.has(id)) {
        this.#range += ranges;
        continue;
      }
      const place = this.archives.get(id);
      // The order of sources may have changed, or that of two objects that came under one key.
      if (place === undefined || place.order <= after)
        throw new FullPlanNeeded(`archive ${id} is out of order`);
      this.order = place.order;
      this.#key = place.key;
      this.#share = next.value;
      return;
    }
  }
}
