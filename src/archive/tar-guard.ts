import { cut, reject } from './archive-fault.js';
import { type PaxRecords, parsePaxRecords } from './pax-records.js';
import { BLOCK_BYTES, parseTarHeader, rewriteHeader, type TarHeader } from './tar-header.js';

/** One regular file, as the guard read it. The tar reader behind must agree. */
export interface GuardedEntry {
  /** 0-based among all entries of the archive. */
  readonly position: number;
  readonly name: Uint8Array;
  readonly size: number;
  /** Byte offset of its data in the tar. */
  readonly offset: number;
}

export interface TarGuardLimits {
  /** Most entries of any kind. */
  readonly entries: number;
  /** Largest entry. */
  readonly entryBytes: number;
}

export interface TarGuardEvents {
  /** A regular file whose header (and data) will be forwarded. */
  file(entry: GuardedEntry): void;
  /** An entry that is none and is not forwarded. */
  other(kind: 'directory' | 'link' | 'device', name: Uint8Array, position: number): void;
  /**
   * Bytes for the reader: headers and data of regular files, in whole blocks over time. `data` of them are data; those
   * are valid as long as the input is, headers for ever.
   */
  forward(bytes: Uint8Array, data: number): void;
}

/** Longest PAX or GNU long-name header that is read into memory. */
const MAX_EXTENDED_BYTES = 1024 * 1024;
const SLASH = 0x2f;

/**
 * Stands before the tar reader and lets through only what every tar reader understands alike: regular files with
 * sound headers. Directories, links and devices end here (a directory's size is ignored); sparse files, hard links
 * with a body, unknown types, contradictory or malformed PAX and long-name headers, and anything after the end
 * marker refuse the archive. Nothing is forwarded beyond a fault.
 */
export class TarGuard {
  /** Uncompressed bytes seen. */
  offset = 0;
  entries = 0;
  /** Regular files whose data has passed completely. */
  filesPassed = 0;
  readonly #limits: TarGuardLimits;
  readonly #events: TarGuardEvents;
  #block = Buffer.alloc(BLOCK_BYTES);
  #blockFill = 0;
  /** Data bytes, then padding bytes, of the current body still to come. */
  #body = 0;
  #padding = 0;
  /** Where the current body goes. */
  #sink: 'forward' | 'extended' = 'forward';
  #extended: { header: TarHeader; chunks: Buffer[] } | undefined;
  /** Extended headers, as blocks, waiting for the entry they describe. */
  #held: Buffer[] = [];
  #pax: PaxRecords | undefined;
  #longName: Uint8Array | undefined;
  #longLink = false;
  #zeroBlocks = 0;

  constructor(limits: TarGuardLimits, events: TarGuardEvents) {
    this.#limits = limits;
    this.#events = events;
  }

  /** @throws ArchiveFault */
  write(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.byteLength) {
      if (this.#zeroBlocks >= 2) {
        this.#requireZeros(chunk.subarray(at));
        this.offset += chunk.byteLength - at;
        return;
      }
      const take = this.#body + this.#padding > 0 ? this.#passBody(chunk, at) : this.#passHeader(chunk, at);
      at += take;
    }
  }

  /**
   * After the last byte. @returns whether the end marker was whole (`marker`), half (`one-block`) or absent (`none`)
   * @throws ArchiveFault when the tar ends within an entry
   */
  end(): 'marker' | 'one-block' | 'none' {
    if (this.#zeroBlocks >= 2) return 'marker';
    if (this.#body + this.#padding > 0)
      throw cut('archive-cut', `the tar ends within an entry, at byte ${this.offset}`);
    if (this.#zeroBlocks === 1 && isZero(this.#block.subarray(0, this.#blockFill))) return 'one-block';
    if (this.#blockFill > 0) throw cut('archive-cut', `the tar ends within a header, at byte ${this.offset}`);
    if (this.#held.length > 0)
      throw cut('archive-cut', `the tar ends after an extended header, at byte ${this.offset}`);
    return 'none';
  }

  /** Whether a body is being read, i.e. a cut here is within a member. */
  get withinEntry(): boolean {
    return this.#body + this.#padding > 0;
  }

  #passHeader(chunk: Uint8Array, at: number): number {
    const take = Math.min(BLOCK_BYTES - this.#blockFill, chunk.byteLength - at);
    this.#block.set(chunk.subarray(at, at + take), this.#blockFill);
    this.#blockFill += take;
    this.offset += take;
    if (this.#blockFill === BLOCK_BYTES) {
      this.#blockFill = 0;
      this.#header(this.#block, this.offset - BLOCK_BYTES);
    }
    return take;
  }

  #header(block: Buffer, offset: number): void {
    if (isZero(block)) {
      if (this.#held.length > 0)
        throw reject(
          'archive-hostile',
          `an extended header without an entry before byte ${offset} of the tar`,
        );
      this.#zeroBlocks++;
      return;
    }
    if (this.#zeroBlocks === 1) {
      throw reject('archive-trailing-data', `data after a zero block, at byte ${offset} of the tar`);
    }
    const header = parseTarHeader(block, offset);
    switch (header.type) {
      case 'x':
      case 'g':
      case 'L':
      case 'K':
        this.#beginExtended(header, block, offset);
        break;
      default:
        this.#entry(header, block, offset);
    }
  }

  #beginExtended(header: TarHeader, block: Buffer, offset: number): void {
    const { type, size } = header;
    if (size > MAX_EXTENDED_BYTES) {
      throw reject('archive-limit', `an extended header of ${size} bytes at byte ${offset} of the tar`);
    }
    const twice =
      (type === 'x' && this.#pax) || (type === 'L' && this.#longName) || (type === 'K' && this.#longLink);
    if (twice)
      throw reject('archive-hostile', `two extended headers for one entry at byte ${offset} of the tar`);
    if (type !== 'g') this.#held.push(Buffer.from(block));
    this.#extended = { header, chunks: [] };
    this.#sink = 'extended';
    this.#setBody(size);
    if (size === 0) this.#endExtended();
  }

  #endExtended(): void {
    const { header, chunks } = this.#extended!;
    const body = Buffer.concat(chunks);
    const offset = this.offset - body.length;
    this.#extended = undefined;
    switch (header.type) {
      case 'g': {
        const { path, size } = parsePaxRecords(body, offset);
        // Readers disagree on what a path or size for all entries means.
        if (path || size !== undefined) {
          throw reject('archive-hostile', `a global PAX path or size at byte ${offset} of the tar`);
        }
        return;
      }
      case 'x':
        this.#pax = parsePaxRecords(body, offset);
        break;
      case 'L':
        this.#longName = longName(body, offset);
        break;
      default:
        this.#longLink = true;
    }
    this.#held.push(body, Buffer.alloc(paddingOf(body.length)));
  }

  #entry(header: TarHeader, block: Buffer, offset: number): void {
    const position = this.entries++;
    if (this.entries > this.#limits.entries) {
      throw reject('archive-limit', `more than ${this.#limits.entries} entries`);
    }
    const size = this.#pax?.size ?? header.size;
    const name = this.#pax?.path ?? this.#longName ?? header.name;
    const held = this.#held;
    this.#held = [];
    this.#pax = undefined;
    this.#longName = undefined;
    this.#longLink = false;
    switch (header.type) {
      case '\0':
      case '0':
      case '7': {
        const slash = name.at(-1) === SLASH;
        // Some readers take it for a directory, which has no body, and others for a file.
        if (slash && (size > 0 || (header.type === '\0' && header.name.at(-1) !== SLASH))) {
          throw reject('archive-hostile', `a file whose name ends with "/" at byte ${offset} of the tar`);
        }
        if (slash) this.#events.other('directory', name, position);
        else
          this.#file(header, { position, name: Buffer.from(name), size, offset: this.offset }, held, block);
        break;
      }
      case '5':
        this.#events.other('directory', name, position);
        break;
      case '1':
      case '2':
      case '3':
      case '4':
      case '6': {
        // Some readers skip a body here, others read it as the next header.
        if (size > 0)
          throw reject('archive-hostile', `a link or device with a body at byte ${offset} of the tar`);
        this.#events.other(header.type <= '2' ? 'link' : 'device', name, position);
        break;
      }
      case 'S':
        throw reject('archive-hostile', `a sparse file at byte ${offset} of the tar`);
      default:
        throw reject(
          'archive-hostile',
          `an entry of unknown type ${JSON.stringify(header.type)} at byte ${offset} of the tar`,
        );
    }
  }

  #file(header: TarHeader, entry: GuardedEntry, held: readonly Buffer[], block: Buffer): void {
    const { size, offset } = entry;
    if (size > this.#limits.entryBytes) {
      throw reject('archive-limit', `an entry of ${size} bytes before byte ${offset} of the tar`);
    }
    this.#events.file(entry);
    for (const bytes of held) if (bytes.length > 0) this.#events.forward(bytes, 0);
    // tar-stream knows unsigned checksums only, and takes a file for a directory by the first 100 bytes of its name.
    const renamed = header.name.at(-1) === SLASH;
    if (renamed) this.#events.forward(rewriteHeader(block, 'long name'), 0);
    else if (header.signedChecksum) this.#events.forward(rewriteHeader(block), 0);
    else this.#events.forward(Buffer.from(block), 0);
    this.#sink = 'forward';
    this.#setBody(size);
    if (size === 0) this.filesPassed++;
  }

  #setBody(size: number): void {
    this.#body = size;
    this.#padding = paddingOf(size);
  }

  #passBody(chunk: Uint8Array, at: number): number {
    const data = Math.min(this.#body, chunk.byteLength - at);
    const padding = Math.min(this.#padding, chunk.byteLength - at - data);
    const bytes = chunk.subarray(at, at + data + padding);
    const ended = this.#body > 0 && data === this.#body;
    this.#body -= data;
    this.#padding -= padding;
    this.offset += data;
    if (this.#sink === 'forward') {
      this.#events.forward(bytes, data);
      if (ended) this.filesPassed++;
    } else {
      if (data > 0) this.#extended!.chunks.push(Buffer.from(bytes.subarray(0, data)));
      if (ended) this.#endExtended();
    }
    this.offset += padding;
    return data + padding;
  }

  #requireZeros(bytes: Uint8Array): void {
    if (isZero(bytes)) return;
    const bad = bytes.findIndex((byte) => byte !== 0);
    throw reject(
      'archive-trailing-data',
      `data after the end marker, at byte ${this.offset + bad} of the tar`,
    );
  }
}

function longName(body: Buffer, offset: number): Buffer {
  const end = body.indexOf(0);
  const name = end < 0 ? body : body.subarray(0, end);
  if (name.length === 0) throw reject('archive-hostile', `an empty long name at byte ${offset} of the tar`);
  return name;
}

function paddingOf(size: number): number {
  return (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
}

const ZEROS = Buffer.alloc(64 * 1024);

function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.byteLength; at += ZEROS.length) {
    const part = bytes.subarray(at, at + ZEROS.length);
    if (ZEROS.compare(part, 0, part.length, 0, part.length) !== 0) return false;
  }
  return true;
}
