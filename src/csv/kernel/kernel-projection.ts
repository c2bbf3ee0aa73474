import { LF, QUOTE } from '../csv-dialect.js';
import { BrokenRowsError, createProjection, type Projection } from '../projection.js';
import { giveSpare, takeSpare } from '../spare-memory.js';
import { type Kernel, kernel, Status } from './kernel.js';

const COMMA = 0x2c;
const OUTPUT_BYTES = 1024 * 1024;
/** First half of a step that writes empty fields (`assembly/rewrite.ts`). */
const EMPTY = 0xffff;

/**
 * As `createProjection`, rewriting in the WebAssembly kernel. Tables it cannot hold, and a single column (whose empty
 * values need quotes), get the plain projection.
 */
export function createKernelProjection(from: readonly string[], to: readonly string[]): Projection {
  const { at } = kernel();
  if (from.length === 0 || from.length > at.MAX_COLUMNS || to.length > at.MAX_COLUMNS || to.length < 2)
    return createProjection(from, to);
  return new KernelProjection(kernel(), from, to);
}

class KernelProjection implements Projection {
  readonly #kernel: Kernel;
  readonly #plain: () => Projection;
  readonly #columns: number;
  readonly #steps: Uint16Array;
  /** Most bytes by which a row can grow. */
  readonly #growth: number;
  /** The row that is not complete yet. */
  readonly #open = new OpenRow();
  readonly #out = new Output();
  #rows = 0;

  constructor(instance: Kernel, from: readonly string[], to: readonly string[]) {
    this.#kernel = instance;
    this.#plain = () => createProjection(from, to);
    this.#columns = from.length;
    this.#steps = encodeSteps(from, to);
    this.#growth = to.length;
  }

  write(chunk: Uint8Array): Uint8Array {
    const out = this.#out;
    out.clear();
    let rest = chunk;
    if (this.#open.length > 0) {
      rest = this.#open.complete(chunk);
      if (!this.#open.isComplete) return out.bytes;
      this.#rewrite(this.#open.take(), out);
    }
    const taken = this.#rewrite(rest, out);
    if (taken < rest.length) this.#open.complete(rest.subarray(taken));
    return out.bytes;
  }

  end(): { rows: number } {
    if (this.#open.length > 0) throw this.#broken('no end');
    this.#out.release();
    return { rows: this.#rows };
  }

  /** @returns bytes of whole rows taken */
  #rewrite(bytes: Uint8Array, out: Output): number {
    const instance = this.#kernel;
    const { at } = instance;
    instance.halves.set(this.#steps, at.STEPS >> 1);
    let from = 0;
    while (from < bytes.length) {
      const length = Math.min(bytes.length - from, at.REWRITE_WINDOW);
      instance.bytes.set(bytes.subarray(from, from + length), at.INPUT);
      instance.rewrite(length, this.#columns, this.#steps.length / 2, this.#growth);
      const taken = instance.result(1);
      out.append(instance.bytes, at.OUTPUT, instance.result(2));
      this.#rows += instance.result(3);
      from += taken;
      const status = instance.result(0);
      if (status === Status.broken) this.#refuse(bytes, from);
      if (taken > 0) continue;
      if (status === Status.done && length === bytes.length - from) break;
      // The row is longer than the kernel can look, or its output than it can write.
      const end = rowEnd(bytes, from);
      if (end === bytes.length + 1) break;
      this.#rewriteAlone(bytes.subarray(from, end), out);
      from = end;
    }
    return from;
  }

  #rewriteAlone(row: Uint8Array, out: Output): void {
    const plain = this.#plain();
    if (fieldsOf(row) !== this.#columns) this.#refuse(row, 0);
    const written = plain.write(row);
    out.append(written, 0, written.length);
    this.#rows++;
    this.#kernel.halves.set(this.#steps, this.#kernel.at.STEPS >> 1);
  }

  #refuse(bytes: Uint8Array, at: number): never {
    throw this.#broken(`${fieldsOf(bytes.subarray(at, rowEnd(bytes, at)))} fields`);
  }

  #broken(found: string): BrokenRowsError {
    return new BrokenRowsError(
      `row ${this.#rows + 1} has ${found}, its header has ${this.#columns} columns: the segment is damaged`,
    );
  }
}

/** A row whose end has not arrived, gathered from as many chunks as it takes. */
class OpenRow {
  length = 0;
  isComplete = false;
  #buffer = new Uint8Array(1024);
  #quoted = false;

  /** Takes bytes up to and with the row's LF. @returns the bytes after it */
  complete(chunk: Uint8Array): Uint8Array {
    let at = 0;
    while (at < chunk.length && !this.isComplete) {
      const byte = chunk[at++];
      if (byte === QUOTE) this.#quoted = !this.#quoted;
      else if (byte === LF && !this.#quoted) this.isComplete = true;
    }
    if (this.length + at > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(2 * this.#buffer.length, this.length + at));
      grown.set(this.#buffer.subarray(0, this.length));
      this.#buffer = grown;
    }
    this.#buffer.set(chunk.subarray(0, at), this.length);
    this.length += at;
    return chunk.subarray(at);
  }

  take(): Uint8Array {
    const row = this.#buffer.subarray(0, this.length);
    this.length = 0;
    this.isComplete = false;
    return row;
  }
}

/** Rewritten rows of one call; the next call uses the same memory. */
class Output {
  #buffer = takeSpare(OUTPUT_BYTES);
  #length = 0;

  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  release(): void {
    giveSpare(this.#buffer);
    this.#buffer = new Uint8Array(0);
    this.#length = 0;
  }

  append(from: Uint8Array, start: number, length: number): void {
    if (this.#length + length > this.#buffer.length) {
      const grown = takeSpare(2 * (this.#length + length));
      grown.set(this.bytes);
      giveSpare(this.#buffer);
      this.#buffer = grown;
    }
    this.#buffer.set(from.subarray(start, start + length), this.#length);
    this.#length += length;
  }
}

/** Neighbouring columns that stay neighbours become one step, and so do empty fields in a row. */
function encodeSteps(from: readonly string[], to: readonly string[]): Uint16Array {
  const positions = new Map(from.map((column, index) => [column, index]));
  const steps: [number, number][] = [];
  for (const column of to) {
    const position = positions.get(column);
    const step = steps.at(-1);
    if (position === undefined) {
      if (step?.[0] === EMPTY) step[1]++;
      else steps.push([EMPTY, 1]);
    } else if (step && step[0] !== EMPTY && step[1] === 2 * position) step[1] += 2;
    else steps.push([2 * position, 2 * position + 2]);
  }
  return Uint16Array.from(steps.flat());
}

/** Position after the row's LF; `bytes.length + 1` when it has none yet. */
function rowEnd(bytes: Uint8Array, at: number): number {
  let quoted = false;
  for (let i = at; i < bytes.length; i++) {
    if (bytes[i] === QUOTE) quoted = !quoted;
    else if (bytes[i] === LF && !quoted) return i + 1;
  }
  return bytes.length + 1;
}

function fieldsOf(row: Uint8Array): number {
  let fields = 1;
  let quoted = false;
  for (const byte of row) {
    if (byte === QUOTE) quoted = !quoted;
    else if (byte === COMMA && !quoted) fields++;
  }
  return fields;
}
