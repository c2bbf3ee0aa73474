import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { valueText } from './csv-rows.js';
import { decodeLine, hashText, keyOfLine } from './row-lines.js';
import { SpillFiles } from './spill-files.js';
import { SAMPLES, type Side, type Sides, type TableComparison } from './table-comparison.js';

/** Lines of both sides that could match one another. */
export type Partition = Sides<{ path: string; bytes: number }>;

export interface Matching {
  directory: string;
  /** Columns in the order of the lines' values, those of the key first. */
  columns: readonly string[];
  /** How many of them are the key; all of them: rows match by all their values. */
  keys: number;
  /** Both sides of a partition together; larger ones are spread again. */
  partitionBytes: number;
  signal?: AbortSignal | undefined;
}

const SPREAD = 16;
/** So often is a partition spread by its keys: if it is still too large, one key has very many rows. */
const MOST_LEVELS = 3;

type Counts = Pick<
  TableComparison,
  'equal' | 'changed' | 'onlyPublished' | 'onlyLegacy' | 'repeatedKeys' | 'changedColumns' | 'samples'
>;

/** Compares partitions one after the other; memory holds one of them. */
export class RowComparison {
  readonly counts: Counts = {
    equal: 0,
    changed: 0,
    onlyPublished: 0,
    onlyLegacy: 0,
    repeatedKeys: { published: 0, legacy: 0 },
    changedColumns: [],
    samples: { changed: [], onlyPublished: [], onlyLegacy: [] },
  };
  readonly #changedColumns: number[];
  #spreads = 0;

  constructor(private readonly matching: Matching) {
    this.#changedColumns = matching.columns.map(() => 0);
  }

  async compare(partition: Partition, level = 0, keys = this.matching.keys): Promise<void> {
    this.matching.signal?.throwIfAborted();
    const { published, legacy } = partition;
    const large = published.bytes + legacy.bytes > this.matching.partitionBytes;
    if (large && level < MOST_LEVELS) await this.#spread(partition, level + 1, keys);
    // Too many rows of one key to hold: they are matched by all their values, so what changed counts on both sides.
    else if (large && keys < this.matching.columns.length)
      await this.#spread(partition, 1, this.matching.columns.length);
    else await this.#match(partition, keys);
    await Promise.all([published, legacy].map(({ path }) => rm(path, { force: true })));
  }

  result(): Counts {
    const changedColumns = this.matching.columns
      .map((column, index) => ({ column: valueText(column), values: this.#changedColumns[index]! }))
      .filter(({ values }) => values > 0)
      .sort((a, b) => b.values - a.values);
    return { ...this.counts, changedColumns };
  }

  async #spread(partition: Partition, level: number, keys: number): Promise<void> {
    const name = `s${this.#spreads++}`;
    const sides = await Promise.all(
      (['published', 'legacy'] as const).map(async (side) => {
        const files = new SpillFiles(this.matching.directory, `${name}-${side}`, SPREAD);
        for await (const line of linesOf(partition[side])) {
          await files.write(hashText(keyOfLine(line, keys), level) % SPREAD, line);
        }
        return files.end();
      }),
    );
    for (let index = 0; index < SPREAD; index++) {
      await this.compare({ published: sides[0]![index]!, legacy: sides[1]![index]! }, level, keys);
    }
  }

  async #match(partition: Partition, keys: number): Promise<void> {
    if (keys === this.matching.columns.length) return this.#matchWholeRows(partition);
    const groups = new Map<string, Sides<string[]>>();
    for (const side of ['published', 'legacy'] as const) {
      for await (const line of linesOf(partition[side])) {
        const key = keyOfLine(line, keys);
        let group = groups.get(key);
        if (!group) {
          group = { published: [], legacy: [] };
          groups.set(key, group);
        }
        group[side].push(line);
      }
    }
    for (const group of groups.values()) this.#matchGroup(group);
  }

  /** Equal rows first; of the rest each is held against the next one of the same key. */
  #matchGroup({ published, legacy }: Sides<string[]>): void {
    const { counts } = this;
    if (published.length > 1) counts.repeatedKeys.published += published.length;
    if (legacy.length > 1) counts.repeatedKeys.legacy += legacy.length;
    const unmatched = countsOf(legacy);
    const changed = published.filter((line) => !take(unmatched, line));
    counts.equal += published.length - changed.length;
    const left = legacy.filter((line) => take(unmatched, line));
    for (const [index, line] of changed.entries()) {
      if (index < left.length) this.#changed(line, left[index]!);
      else this.#only('published', line, 1);
    }
    for (const line of left.slice(changed.length)) this.#only('legacy', line, 1);
  }

  /** Rows without a key are counted: memory holds each distinct row once. */
  async #matchWholeRows(partition: Partition): Promise<void> {
    const surplus = new Map<string, number>();
    for await (const line of linesOf(partition.published)) surplus.set(line, (surplus.get(line) ?? 0) + 1);
    for await (const line of linesOf(partition.legacy)) {
      const there = surplus.get(line) ?? 0;
      if (there > 0) this.counts.equal++;
      surplus.set(line, there - 1);
    }
    for (const [line, number] of surplus) {
      if (number > 0) this.#only('published', line, number);
      else if (number < 0) this.#only('legacy', line, -number);
    }
  }

  #changed(published: string, legacy: string): void {
    this.counts.changed++;
    const [ours, theirs] = [decodeLine(published), decodeLine(legacy)];
    const values: TableComparison['samples']['changed'][number]['values'] = [];
    const { columns, keys } = this.matching;
    for (const [index, column] of columns.entries()) {
      if (ours[index] === theirs[index]) continue;
      this.#changedColumns[index]!++;
      values.push({
        column: valueText(column),
        published: valueText(ours[index]!),
        legacy: valueText(theirs[index]!),
      });
    }
    const { changed } = this.counts.samples;
    if (changed.length < SAMPLES) changed.push({ key: record(columns.slice(0, keys), ours), values });
  }

  #only(side: Side, line: string, number: number): void {
    const name = side === 'published' ? 'onlyPublished' : 'onlyLegacy';
    this.counts[name] += number;
    const samples = this.counts.samples[name];
    if (samples.length < SAMPLES) samples.push(record(this.matching.columns, decodeLine(line)));
  }
}

function countsOf(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

function take(counts: Map<string, number>, line: string): boolean {
  const there = counts.get(line) ?? 0;
  if (there > 0) counts.set(line, there - 1);
  return there > 0;
}

function record(columns: readonly string[], values: readonly string[]): Record<string, string> {
  return Object.fromEntries(columns.map((column, index) => [valueText(column), valueText(values[index]!)]));
}

async function* linesOf({ path, bytes }: { path: string; bytes: number }): AsyncGenerator<string> {
  if (bytes === 0) return;
  const input = createReadStream(path, { encoding: 'latin1', highWaterMark: 256 * 1024 });
  yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
}
