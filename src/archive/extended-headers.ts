import { reject } from './archive-fault.js';
import { type PaxRecords, parsePaxRecords } from './pax-records.js';
import { BLOCK_BYTES, type TarHeader } from './tar-header.js';

/** Longest PAX or GNU long-name header that is read into memory. */
const MAX_EXTENDED_BYTES = 1024 * 1024;

/** What extended headers said about the entry they precede. */
export interface Extended {
  readonly size: number | undefined;
  readonly name: Uint8Array | undefined;
  /** The headers themselves, in whole blocks, for the tar reader. */
  readonly blocks: readonly Buffer[];
}

/** Gathers PAX (`x`, `g`) and GNU long-name (`L`, `K`) headers until the entry they belong to comes. */
export class ExtendedHeaders {
  #current: { header: TarHeader; chunks: Buffer[] } | undefined;
  #blocks: Buffer[] = [];
  #pax: PaxRecords | undefined;
  #longName: Uint8Array | undefined;
  #longLink = false;

  static is(type: string): boolean {
    return type === 'x' || type === 'g' || type === 'L' || type === 'K';
  }

  /** Some header waits for its entry. */
  get pending(): boolean {
    return this.#blocks.length > 0;
  }

  /** @throws ArchiveFault */
  begin(header: TarHeader, block: Buffer, offset: number): void {
    const { type, size } = header;
    if (size > MAX_EXTENDED_BYTES) {
      throw reject('archive-limit', `an extended header of ${size} bytes at byte ${offset} of the tar`);
    }
    const twice =
      (type === 'x' && this.#pax) || (type === 'L' && this.#longName) || (type === 'K' && this.#longLink);
    if (twice) {
      throw reject('archive-hostile', `two extended headers for one entry at byte ${offset} of the tar`);
    }
    // Global headers say nothing the reader behind has to know.
    if (type !== 'g') this.#blocks.push(Buffer.from(block));
    this.#current = { header, chunks: [] };
  }

  body(bytes: Uint8Array): void {
    this.#current!.chunks.push(Buffer.from(bytes));
  }

  /** `offset`: of the body in the tar. @throws ArchiveFault */
  end(offset: number): void {
    const { header, chunks } = this.#current!;
    const body = Buffer.concat(chunks);
    this.#current = undefined;
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
    this.#blocks.push(body, Buffer.alloc(paddingOf(body.length)));
  }

  /** For the entry whose header follows; what comes later belongs to the next. */
  take(): Extended {
    const taken = {
      size: this.#pax?.size,
      name: this.#pax?.path ?? this.#longName,
      blocks: this.#blocks.filter((bytes) => bytes.length > 0),
    };
    this.#blocks = [];
    this.#pax = undefined;
    this.#longName = undefined;
    this.#longLink = false;
    return taken;
  }
}

/** Bytes from the end of `size` bytes to the next block. */
export function paddingOf(size: number): number {
  return (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
}

function longName(body: Buffer, offset: number): Buffer {
  const end = body.indexOf(0);
  const name = end < 0 ? body : body.subarray(0, end);
  if (name.length === 0) throw reject('archive-hostile', `an empty long name at byte ${offset} of the tar`);
  return name;
}
