import { cut, reject } from './archive-fault.js';
import { ExtendedHeaders, paddingOf } from './extended-headers.js';
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
  #extendedBytes = 0;
  readonly #extended = new ExtendedHeaders();
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
    if (this.#extended.pending)
      throw cut('archive-cut', `the tar ends after an extended header, at byte ${this.offset}`);
    return 'none';
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
      if (this.#extended.pending)
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
    if (!ExtendedHeaders.is(header.type)) {
      this.#entry(header, block, offset);
      return;
    }
    this.#extended.begin(header, block, offset);
    this.#sink = 'extended';
    this.#extendedBytes = 0;
    this.#setBody(header.size);
    if (header.size === 0) this.#extended.end(this.offset);
  }

  #entry(header: TarHeader, block: Buffer, offset: number): void {
    const position = this.entries++;
    if (this.entries > this.#limits.entries) {
      throw reject('archive-limit', `more than ${this.#limits.entries} entries`);
    }
    const extended = this.#extended.take();
    const size = extended.size ?? header.size;
    const name = extended.name ?? header.name;
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
          this.#file(
            header,
            { position, name: Buffer.from(name), size, offset: this.offset },
            extended.blocks,
            block,
          );
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
    for (const bytes of held) this.#events.forward(bytes, 0);
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
      this.#extendedBytes += data;
      if (data > 0) this.#extended.body(bytes.subarray(0, data));
      if (ended) this.#extended.end(this.offset - this.#extendedBytes);
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

const ZEROS = Buffer.alloc(64 * 1024);

function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.byteLength; at += ZEROS.length) {
    const part = bytes.subarray(at, at + ZEROS.length);
    if (ZEROS.compare(part, 0, part.length, 0, part.length) !== 0) return false;
  }
  return true;
}
