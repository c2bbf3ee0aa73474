import iconv from 'iconv-lite';
import type { Dialect } from '../config/rules.js';
import { TerminalError } from '../errors.js';

/** The member is not in the encoding its partner's configuration names. */
export class EncodingError extends TerminalError {}

/** Bytes in a member's encoding to UTF-8, chunk by chunk. What cannot be decoded becomes U+FFFD. */
export interface Transcoder {
  write(chunk: Uint8Array): Buffer;
  /** @throws EncodingError when the member ends within a character */
  end(): Buffer;
}

/** `undefined`: the bytes are to be taken as they are. */
export function createTranscoder(encoding: Dialect['encoding']): Transcoder | undefined {
  switch (encoding) {
    case 'utf-8':
      return undefined;
    case 'utf-16le':
    case 'utf-16be':
      return new Utf16Transcoder(encoding === 'utf-16be');
    case 'cp949':
    case 'euc-kr':
      // CP949 is the superset that real EUC-KR files are written in; Node's own decoder lacks the extension.
      return new IconvTranscoder('cp949');
  }
}

class IconvTranscoder implements Transcoder {
  readonly #decoder;

  constructor(encoding: string) {
    this.#decoder = iconv.getDecoder(encoding);
  }

  write(chunk: Uint8Array): Buffer {
    return Buffer.from(this.#decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)));
  }

  end(): Buffer {
    return Buffer.from(this.#decoder.end() ?? '');
  }
}

/** Own decoding, because an unpaired surrogate must become visible and never a silent replacement. */
class Utf16Transcoder implements Transcoder {
  readonly #bigEndian: boolean;
  #held: Buffer = Buffer.alloc(0);

  constructor(bigEndian: boolean) {
    this.#bigEndian = bigEndian;
  }

  write(chunk: Uint8Array): Buffer {
    const bytes = Buffer.concat([this.#held, chunk]);
    let length = bytes.length & ~1;
    if (length > 0 && this.#isHighSurrogate(bytes, length - 2)) length -= 2;
    this.#held = Buffer.from(bytes.subarray(length));
    const units = bytes.subarray(0, length);
    if (this.#bigEndian) units.swap16();
    return Buffer.from(units.toString('utf16le'));
  }

  end(): Buffer {
    if (this.#held.length > 0) throw new EncodingError('the member ends within a UTF-16 character');
    return Buffer.alloc(0);
  }

  #isHighSurrogate(bytes: Buffer, at: number): boolean {
    const high = bytes[this.#bigEndian ? at : at + 1]!;
    return high >= 0xd8 && high <= 0xdb;
  }
}
