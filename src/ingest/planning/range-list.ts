import { combineCrc32 } from '../../store/crc32.js';
import type { PlannedRange } from './plan.js';

/** The object a range lies in; one and the same for all ranges of it, so that its key is kept once. */
export interface RangeSource {
  readonly key: string;
  readonly etag: string;
}

/** One and the same source for all tables that have ranges in an object. */
export class RangeSources {
  readonly #known = new Map<string, RangeSource>();

  get(key: string, etag: string): RangeSource {
    const known = this.#known.get(key);
    if (known?.etag === etag) return known;
    const source = { key, etag };
    this.#known.set(key, source);
    return source;
  }
}

const CHUNK = 4096;
const BYTES_EACH = 3 * Float64Array.BYTES_PER_ELEMENT + 3 * Uint32Array.BYTES_PER_ELEMENT;

/** Ranges in columns, outside the heap. */
class Chunk {
  readonly offset: Float64Array;
  readonly bytes: Float64Array;
  readonly rows: Float64Array;
  readonly crc32: Uint32Array;
  readonly header: Uint32Array;
  readonly source: Uint32Array;

  constructor() {
    const memory = new ArrayBuffer(CHUNK * BYTES_EACH);
    const column = (index: number) => index * CHUNK * Float64Array.BYTES_PER_ELEMENT;
    this.offset = new Float64Array(memory, column(0), CHUNK);
    this.bytes = new Float64Array(memory, column(1), CHUNK);
    this.rows = new Float64Array(memory, column(2), CHUNK);
    this.crc32 = new Uint32Array(memory, column(3), CHUNK);
    this.header = new Uint32Array(memory, column(3.5), CHUNK);
    this.source = new Uint32Array(memory, column(4), CHUNK);
  }
}

/**
 * The ranges of one table in canonical order; neighbours of one header and one object become one range. A million of
 * them weigh 36 MB.
 */
export class RangeList implements Iterable<PlannedRange> {
  readonly #chunks: Chunk[] = [];
  readonly #sources: RangeSource[] = [];
  #length = 0;
  #bytes = 0;

  get length(): number {
    return this.#length;
  }

  /** Of all ranges. */
  get bytes(): number {
    return this.#bytes;
  }

  /** `header` is an index the caller knows. */
  add(source: RangeSource, { offset, bytes, crc32, rows, header }: Omit<PlannedRange, 'key' | 'etag'>): void {
    if (bytes === 0) return;
    const last = this.#length - 1;
    if (last >= 0 && this.#continues(last, source, offset, header)) {
      const [chunk, at] = this.#place(last);
      chunk.crc32[at] = combineCrc32(chunk.crc32[at]!, crc32, bytes);
      chunk.bytes[at]! += bytes;
      this.#bytes += bytes;
      chunk.rows[at]! += rows;
      return;
    }
    this.#append(source, offset, bytes, crc32, rows, header);
  }

  /** Appends a range as it stands. */
  append({ key, etag, offset, bytes, crc32, rows, header }: PlannedRange, sources?: RangeSources): void {
    const last = this.#sources.at(-1);
    const isLast = last?.key === key && last.etag === etag;
    const source = isLast ? last : (sources?.get(key, etag) ?? { key, etag });
    this.#append(source, offset, bytes, crc32, rows, header);
  }

  /** Appends a range of another list as it stands, under another header. */
  take(from: RangeList, index: number, header: number): void {
    const [chunk, at] = from.#place(index);
    const source = from.#sources[chunk.source[at]!]!;
    this.#append(source, chunk.offset[at]!, chunk.bytes[at]!, chunk.crc32[at]!, chunk.rows[at]!, header);
  }

  at(index: number): PlannedRange {
    const [chunk, at] = this.#place(index);
    const { key, etag } = this.#sources[chunk.source[at]!]!;
    // In key order, as canonical JSON writes it.
    return {
      bytes: chunk.bytes[at]!,
      crc32: chunk.crc32[at]!,
      etag,
      header: chunk.header[at]!,
      key,
      offset: chunk.offset[at]!,
      rows: chunk.rows[at]!,
    };
  }

  headerAt(index: number): number {
    const [chunk, at] = this.#place(index);
    return chunk.header[at]!;
  }

  *[Symbol.iterator](): Generator<PlannedRange> {
    for (let index = 0; index < this.#length; index++) yield this.at(index);
  }

  /** Replaces the indices of the headers. */
  renumber(header: (index: number) => number): void {
    for (let index = 0; index < this.#length; index++) {
      const [chunk, at] = this.#place(index);
      chunk.header[at] = header(chunk.header[at]!);
    }
  }

  /** Whether both lists have the same range there. */
  sameAt(index: number, other: RangeList, otherIndex: number): boolean {
    const [a, i] = this.#place(index);
    const [b, j] = other.#place(otherIndex);
    const [x, y] = [this.#sources[a.source[i]!]!, other.#sources[b.source[j]!]!];
    return (
      a.offset[i] === b.offset[j] &&
      a.bytes[i] === b.bytes[j] &&
      a.crc32[i] === b.crc32[j] &&
      a.rows[i] === b.rows[j] &&
      x.key === y.key &&
      x.etag === y.etag
    );
  }

  #continues(last: number, { key, etag }: RangeSource, offset: number, header: number): boolean {
    const [chunk, at] = this.#place(last);
    const source = this.#sources[chunk.source[at]!]!;
    return (
      chunk.header[at] === header &&
      chunk.offset[at]! + chunk.bytes[at]! === offset &&
      source.key === key &&
      source.etag === etag
    );
  }

  #append(
    source: RangeSource,
    offset: number,
    bytes: number,
    crc32: number,
    rows: number,
    header: number,
  ): void {
    if (this.#length === this.#chunks.length * CHUNK) this.#chunks.push(new Chunk());
    const last = this.#sources.at(-1);
    if (last?.key !== source.key || last.etag !== source.etag) this.#sources.push(source);
    const [chunk, at] = this.#place(this.#length++);
    this.#bytes += bytes;
    chunk.offset[at] = offset;
    chunk.bytes[at] = bytes;
    chunk.rows[at] = rows;
    chunk.crc32[at] = crc32;
    chunk.header[at] = header;
    chunk.source[at] = this.#sources.length - 1;
  }

  #place(index: number): [Chunk, number] {
    return [this.#chunks[Math.floor(index / CHUNK)]!, index % CHUNK];
  }
}
