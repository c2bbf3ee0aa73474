import { projectedBytes } from '../../csv/projection.js';
import { TerminalError } from '../../errors.js';
import type { MultipartLimits } from '../../store/object-store.js';
import type { PlannedRange } from './plan.js';

/** Something the worker itself puts into a part. */
export type Piece =
  | { kind: 'header'; bytes: Uint8Array }
  /** Bytes as they stand. */
  | { kind: 'verbatim'; range: PlannedRange; offset: number; length: number }
  /** Rows brought to the table's columns. */
  | { kind: 'rewrite'; range: PlannedRange };

/** Bytes of the output: exact (min = max) unless rewriting drops columns. */
export interface Size {
  min: number;
  max: number;
}

export type Step =
  /** One part, copied inside the store. `offset` and `length` are of the source object. */
  | { kind: 'copy'; key: string; etag: string; offset: number; length: number }
  /** A run through the worker, uploaded as parts of `partBytes`, the last one up to `partBytes + minPartBytes` long. */
  | { kind: 'worker'; pieces: Piece[]; size: Size; partBytes: number };

export interface PartsPlan {
  /**
   * One list per upload. A single one writes the table; more write one intermediate object each, in order, which a
   * further level joins by copying.
   */
  uploads: Step[][];
  size: Size;
  /** Source bytes the worker has to read; measured = predicted. */
  workerBytes: number;
}

export interface PartsInput {
  /** For messages. */
  key: string;
  header: Uint8Array;
  /** `headers[0]` is what every range must be brought to. */
  headers: readonly (readonly string[])[];
  ranges: readonly PlannedRange[];
  limits: MultipartLimits;
  /** Ranges below this go through the worker even where the store would copy them. Default: 256 KiB. */
  copyAtLeast?: number;
}

const PART_BYTES = 5 * 2 ** 20;
const COPY_AT_LEAST = 256 * 2 ** 10;

/**
 * Plans the parts of a table: what the store copies by itself, and what passes through the worker so that every part
 * but the last has its minimum size. Pure.
 * @throws TerminalError when the table is larger than the store's largest object
 */
export function planParts(input: PartsInput): PartsPlan {
  const steps = new StepPlanner(input).plan();
  const size = total(steps.map(stepSize));
  if (size.max > input.limits.maxObjectBytes) {
    throw new TerminalError(
      `${input.key}: up to ${size.max} bytes, more than the largest object of the store (${input.limits.maxObjectBytes}); split the table or use a store with larger objects`,
    );
  }
  return { uploads: grouped(steps, input), size, workerBytes: sum(steps.map(workerBytes)) };
}

class StepPlanner {
  readonly #steps: Step[] = [];
  readonly #partBytes: number;
  readonly #copyAtLeast: number;
  #run: { pieces: Piece[]; size: Size } = { pieces: [], size: { min: 0, max: 0 } };

  constructor(private readonly input: PartsInput) {
    const { minPartBytes, maxPartBytes } = input.limits;
    if (maxPartBytes < 2 * minPartBytes) {
      throw new TerminalError(
        `parts of ${minPartBytes} to ${maxPartBytes} bytes: too narrow to cut a table into`,
      );
    }
    this.#partBytes = Math.min(Math.max(minPartBytes, PART_BYTES), maxPartBytes - minPartBytes);
    this.#copyAtLeast = Math.max(minPartBytes, input.copyAtLeast ?? COPY_AT_LEAST, 1);
  }

  plan(): Step[] {
    const { header, headers } = this.input;
    const ranges = this.input.ranges.filter((range) => range.bytes > 0);
    if (header.byteLength > 0) this.#work({ kind: 'header', bytes: header }, exactly(header.byteLength));
    ranges.forEach((range, index) => {
      if (range.header !== 0) {
        const from = headers[range.header];
        if (from === undefined)
          throw new TerminalError(`${this.input.key}: range with unknown header ${range.header}`);
        this.#work({ kind: 'rewrite', range }, projectedBytes(from, headers[0]!, range.bytes, range.rows));
      } else if (this.#copyable(range)) {
        this.#copy(range, index === ranges.length - 1);
      } else {
        this.#verbatim(range, range.bytes);
      }
    });
    this.#flush();
    return this.#steps;
  }

  /** The source object is at least as long as the range reaches; more is not known. */
  #copyable(range: PlannedRange): boolean {
    return (
      range.bytes >= this.#copyAtLeast && range.offset + range.bytes > this.input.limits.minCopySourceBytes
    );
  }

  #copy(range: PlannedRange, last: boolean): void {
    const { minPartBytes } = this.input.limits;
    const borrowed = this.#run.pieces.length === 0 ? 0 : Math.max(0, minPartBytes - this.#run.size.min);
    const rest = range.bytes - borrowed;
    if (rest <= 0 || (rest < minPartBytes && !last)) {
      this.#verbatim(range, range.bytes);
      return;
    }
    if (borrowed > 0) this.#verbatim(range, borrowed);
    this.#flush();
    for (const { offset, length } of cut(range.offset + borrowed, rest, this.input.limits)) {
      this.#steps.push({ kind: 'copy', key: range.key, etag: range.etag, offset, length });
    }
  }

  /** The first `length` bytes of a range. */
  #verbatim(range: PlannedRange, length: number): void {
    this.#work({ kind: 'verbatim', range, offset: range.offset, length }, exactly(length));
  }

  #work(piece: Piece, size: Size): void {
    const { maxParts, minPartBytes } = this.input.limits;
    const run = this.#run;
    const grown = total([run.size, size]);
    if (run.size.min >= minPartBytes && this.#parts(grown) > maxParts) {
      this.#flush();
      this.#work(piece, size);
      return;
    }
    run.pieces.push(piece);
    run.size = grown;
  }

  #parts(size: Size): number {
    return partsOf(size.max, this.#partBytes, this.input.limits.minPartBytes);
  }

  #flush(): void {
    const { pieces, size } = this.#run;
    if (pieces.length === 0) return;
    this.#steps.push({ kind: 'worker', pieces, size, partBytes: this.#partBytes });
    this.#run = { pieces: [], size: { min: 0, max: 0 } };
  }
}

/** Equal cuts, a byte more or less: none is below the minimum as long as the whole is not. */
function* cut(
  offset: number,
  length: number,
  { maxPartBytes }: MultipartLimits,
): Generator<{ offset: number; length: number }> {
  const parts = Math.ceil(length / maxPartBytes);
  const each = Math.floor(length / parts);
  const longer = length % parts;
  for (let part = 0, at = 0; part < parts; part++) {
    const here = part < longer ? each + 1 : each;
    yield { offset: offset + at, length: here };
    at += here;
  }
}

/** Parts a worker run of `bytes` bytes is cut into: as soon as a part and a minimum are there, a part goes out. */
export function partsOf(bytes: number, partBytes: number, minPartBytes: number): number {
  return bytes < minPartBytes ? 1 : Math.floor((bytes - minPartBytes) / partBytes) + 1;
}

interface Group {
  steps: Step[];
  parts: number;
}

function grouped(steps: readonly Step[], { key, limits }: PartsInput): Step[][] {
  const groups: Group[] = [];
  for (const step of steps) {
    const parts = stepParts(step, limits);
    if (parts > limits.maxParts) {
      throw new TerminalError(
        `${key}: a run of ${stepSize(step).max} bytes needs ${parts} parts, ${limits.maxParts} fit into one upload`,
      );
    }
    const group = groups.at(-1);
    if (group === undefined || group.parts + parts > limits.maxParts) groups.push({ steps: [step], parts });
    else {
      group.steps.push(step);
      group.parts += parts;
    }
  }
  keepLastCopyable(groups, limits);
  return groups.map((group) => group.steps);
}

/** The last intermediate object should be long enough to be copied from; only the table's last step may be short. */
function keepLastCopyable(groups: Group[], limits: MultipartLimits): void {
  const [before, last] = [groups.at(-2), groups.at(-1)];
  if (before === undefined || last === undefined) return;
  const least = Math.max(limits.minPartBytes, limits.minCopySourceBytes + 1);
  while (total(last.steps.map(stepSize)).min < least && before.steps.length > 1) {
    const parts = stepParts(before.steps.at(-1)!, limits);
    // Too many to move: what the last object holds then passes through the worker once more.
    if (last.parts + parts > limits.maxParts) return;
    last.steps.unshift(before.steps.pop()!);
    last.parts += parts;
    before.parts -= parts;
  }
}

function stepParts(step: Step, limits: MultipartLimits): number {
  return step.kind === 'copy' ? 1 : partsOf(step.size.max, step.partBytes, limits.minPartBytes);
}

function stepSize(step: Step): Size {
  return step.kind === 'copy' ? exactly(step.length) : step.size;
}

function workerBytes(step: Step): number {
  if (step.kind === 'copy') return 0;
  return sum(
    step.pieces.map((piece) => {
      if (piece.kind === 'header') return 0;
      return piece.kind === 'verbatim' ? piece.length : piece.range.bytes;
    }),
  );
}

function exactly(bytes: number): Size {
  return { min: bytes, max: bytes };
}

function total(sizes: readonly Size[]): Size {
  return { min: sum(sizes.map(({ min }) => min)), max: sum(sizes.map(({ max }) => max)) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((result, number) => result + number, 0);
}
