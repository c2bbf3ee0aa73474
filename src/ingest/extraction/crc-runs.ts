import { combineCrc32, crc32 } from '../../store/crc32.js';

interface Run {
  crc: number;
  length: number;
}

/** The CRC32s of bytes that follow one another, so that the CRC32 of any number of them is known almost without looking. */
export class CrcRuns {
  #runs: Run[] = [];

  add(crc: number, length: number): void {
    if (length > 0) this.#runs.push({ crc, length });
  }

  /** Takes over those of `other`. */
  append(other: CrcRuns): void {
    for (const run of other.#runs) this.#runs.push(run);
    other.#runs = [];
  }

  clear(): void {
    this.#runs = [];
  }

  /** Takes the first `length` bytes off, which are `chunks`. @returns their CRC32 */
  take(chunks: readonly Uint8Array[], length: number): number {
    let crc = 0;
    let done = 0;
    let whole = 0;
    for (const run of this.#runs) {
      if (done + run.length > length) break;
      crc = combineCrc32(crc, run.crc, run.length);
      done += run.length;
      whole++;
    }
    this.#runs.splice(0, whole);
    if (done === length) return crc;
    const cut = this.#runs[0]!;
    const head = crcOfEnd(chunks, length - done);
    const rest = cut.length - (length - done);
    // The CRC32 of the whole is that of the head, moved past the rest, and that of the rest.
    this.#runs[0] = { crc: combineCrc32(head, cut.crc, rest), length: rest };
    return combineCrc32(crc, head, length - done);
  }
}

/** CRC32 of the last `length` bytes. */
function crcOfEnd(chunks: readonly Uint8Array[], length: number): number {
  let first = chunks.length;
  let bytes = 0;
  while (bytes < length) bytes += chunks[--first]!.byteLength;
  let crc = 0;
  for (let at = first; at < chunks.length; at++) {
    crc = crc32(at === first ? chunks[at]!.subarray(bytes - length) : chunks[at]!, crc);
  }
  return crc;
}
