import type { z } from 'zod';
import { combineCrc32, crc32 } from '../../store/crc32.js';
import { compareUtf8 } from '../../store/utf8-order.js';
import type { Manifest, rangeSchema } from '../manifest.js';
import type { ObjectWriter } from '../merging/object-writer.js';
import { ByteQueue } from './byte-queue.js';

export type SegmentRange = z.infer<typeof rangeSchema>;

/** Rows of all tables that are held in memory before the largest table's are written out. */
export const BUFFER_BYTES = 12 * 1024 * 1024;
/** Tables that may wait in memory; one with a few rows takes a whole block. */
export const BUFFERED_TABLES = 256;
/** An object longer than this gets no further chunks; the next one is begun. */
export const OBJECT_BYTES = 16 * 1024 * 1024 * 1024;
/** Longest member: even requoted to twice its size behind a full object it fits the parts one upload may have. */
export const MEMBER_BYTES = 24 * 1024 * 1024 * 1024;

export interface SegmentWriterOptions {
  /** Default `BUFFER_BYTES`. */
  readonly bufferBytes?: number;
  /** Default `BUFFERED_TABLES`. */
  readonly bufferedTables?: number;
  /** Default `OBJECT_BYTES`. */
  readonly objectBytes?: number;
  /** Objects are named `{objectName}-{n}.csv`. Default `rows`. */
  readonly objectName?: string;
}

/** Opens the writer of the archive's segment object with this name. */
export type OpenObject = (name: string) => ObjectWriter;

/**
 * Lays out the rows of one archive. Rows of a table are gathered in memory; when all tables together reach the budget,
 * or too many have rows there, the largest is written out as one chunk, and as long as no other table is written out, rows of that table follow
 * straight behind. What is left at the end is written in table-name order. An archive so has one object (a new one
 * every 16 GiB), a member's rows are always in one piece, and those of neighbouring members of a table mostly too.
 * Everything is decided by the bytes alone, whatever the chunks they came in: a repeat writes the same objects.
 */
export class SegmentWriter {
  readonly #open: OpenObject;
  readonly #bufferBytes: number;
  readonly #bufferedTables: number;
  readonly #objectBytes: number;
  readonly #objectName: string;
  readonly #chunks = new Map<string, Chunk>();
  /** Those of `#chunks` with rows in memory. */
  readonly #waiting = new Set<Chunk>();
  readonly #objects: { name: string; writer: ObjectWriter; chunks: Chunk[] }[] = [];
  #buffered = 0;
  /** The chunk at the end of the last object. */
  #tail: Chunk | undefined;

  constructor(open: OpenObject, options: SegmentWriterOptions = {}) {
    this.#open = open;
    this.#bufferBytes = options.bufferBytes ?? BUFFER_BYTES;
    this.#bufferedTables = options.bufferedTables ?? BUFFERED_TABLES;
    this.#objectBytes = options.objectBytes ?? OBJECT_BYTES;
    this.#objectName = options.objectName ?? 'rows';
  }

  /** The member's rows; those of one member are written before the next begins. */
  begin(table: string): MemberRows {
    let chunk = this.#chunks.get(table);
    if (chunk === undefined || (chunk.place !== undefined && (chunk !== this.#tail || this.#isFull()))) {
      chunk = new Chunk(table);
      this.#chunks.set(table, chunk);
    }
    const member = new MemberRows(chunk, (bytes, crc) => this.#write(chunk, bytes, crc));
    chunk.members.push(member);
    return member;
  }

  async settle(): Promise<void> {
    for (const { writer } of this.#objects) await writer.settle();
  }

  /** Writes what is left and makes the objects visible. */
  async close(): Promise<Manifest['objects']> {
    const left = [...this.#waiting];
    for (const chunk of left.sort((a, b) => compareUtf8(a.table, b.table))) {
      this.#place(chunk);
      await this.settle();
    }
    const written: Manifest['objects'] = [];
    for (const { name, writer, chunks } of this.#objects) {
      const { etag, bytes, crc32 } = await writer.close(crcOf(chunks));
      written.push({ name, etag, bytes, crc32 });
    }
    return written;
  }

  async abort(): Promise<void> {
    for (const { queue } of this.#waiting) queue.clear();
    for (const { writer } of this.#objects) await writer.abort();
  }

  #write(chunk: Chunk, bytes: Uint8Array, crc: number): void {
    let rest = bytes;
    let crcOfRest = crc;
    // The budget is spent at an exact byte, not at the end of whatever piece the rows came in.
    while (chunk.place === undefined && rest.byteLength > 0) {
      if (!this.#waiting.has(chunk)) {
        if (this.#waiting.size === this.#bufferedTables) this.#spill();
        this.#waiting.add(chunk);
      }
      const room = this.#bufferBytes - this.#buffered;
      if (rest.byteLength < room) {
        chunk.queue.push(rest, crcOfRest);
        this.#buffered += rest.byteLength;
        return;
      }
      const head = rest.subarray(0, room);
      const crcOfHead = crc32(head);
      chunk.queue.push(head, crcOfHead);
      rest = rest.subarray(room);
      crcOfRest = combineCrc32(crcOfHead, crcOfRest, rest.byteLength);
      this.#buffered += room;
      this.#spill();
    }
    if (rest.byteLength > 0) this.#objects.at(-1)!.writer.write(rest, crcOfRest);
  }

  #spill(): void {
    let largest: Chunk | undefined;
    for (const chunk of this.#waiting) {
      const more = largest === undefined ? 1 : chunk.queue.length - largest.queue.length;
      if (more > 0 || (more === 0 && compareUtf8(chunk.table, largest!.table) < 0)) largest = chunk;
    }
    this.#place(largest!);
  }

  #place(chunk: Chunk): void {
    let object = this.#objects.at(-1);
    if (object === undefined || this.#isFull()) {
      const name = `${this.#objectName}-${this.#objects.length}.csv`;
      object = { name, writer: this.#open(name), chunks: [] };
      this.#objects.push(object);
    }
    chunk.place = { object: this.#objects.length - 1, offset: object.writer.bytes };
    this.#buffered -= chunk.queue.length;
    this.#waiting.delete(chunk);
    object.writer.take(chunk.queue);
    object.chunks.push(chunk);
    this.#tail = chunk;
  }

  #isFull(): boolean {
    const object = this.#objects.at(-1);
    return object !== undefined && object.writer.bytes >= this.#objectBytes;
  }
}

/** Rows of one table that lie together. */
class Chunk {
  readonly queue = new ByteQueue();
  /** Whose rows it holds, in order. */
  readonly members: MemberRows[] = [];
  /** Bytes taken in, placed or not. */
  bytes = 0;
  place: { object: number; offset: number } | undefined;

  constructor(readonly table: string) {}
}

/** The CRC32 of an object, from those of the members in it: the bytes were looked at once already. */
function crcOf(chunks: readonly Chunk[]): number {
  let crc = 0;
  for (const { members } of chunks) {
    for (const { crc: own, bytes } of members) if (bytes > 0) crc = combineCrc32(crc, own, bytes);
  }
  return crc;
}

/** The rows of one member, on their way into a chunk. */
export class MemberRows {
  bytes = 0;
  crc = 0;
  readonly #start: number;
  readonly #chunk: Chunk;
  readonly #write: (bytes: Uint8Array, crc: number) => void;

  constructor(chunk: Chunk, write: (bytes: Uint8Array, crc: number) => void) {
    this.#chunk = chunk;
    this.#start = chunk.bytes;
    this.#write = write;
  }

  write(rows: Uint8Array): void {
    this.bytes += rows.byteLength;
    this.#chunk.bytes += rows.byteLength;
    const crc = crc32(rows);
    this.crc = combineCrc32(this.crc, crc, rows.byteLength);
    this.#write(rows, crc);
  }

  /** Where the rows ended up; known once the segment writer is closed. `undefined`: there were none. */
  range(): SegmentRange | undefined {
    if (this.bytes === 0) return undefined;
    const { object, offset } = this.#chunk.place!;
    return { object, offset: offset + this.#start, bytes: this.bytes, crc32: this.crc };
  }
}
