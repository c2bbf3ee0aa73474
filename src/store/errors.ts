import { TerminalError, TransientError } from '../errors.js';
import { crc32Hex } from './crc32-hex.js';

/** A condition (If-Match / If-None-Match) did not hold: somebody else wrote first, or the object was replaced. */
export class PreconditionFailedError extends TerminalError {
  constructor(
    readonly key: string,
    detail: string,
  ) {
    super(`${key}: ${detail}`);
  }
}

export class ObjectNotFoundError extends TerminalError {
  constructor(readonly key: string) {
    super(`${key}: no such object`);
  }
}

/** Bytes arrived that are not the bytes that were sent; retrying may help, trusting them never does. */
export class ChecksumMismatchError extends TransientError {
  constructor(
    readonly key: string,
    expected: number,
    /** `undefined` when the store refused without saying what it found. */
    actual?: number,
  ) {
    super(
      `${key}: CRC32 is ${actual === undefined ? 'not' : `${crc32Hex(actual)}, expected`} ${crc32Hex(expected)}`,
    );
  }
}

/** What was read is not what the store has. */
export class DamagedBodyError extends TransientError {
  constructor(
    readonly key: string,
    detail: string,
  ) {
    super(`${key} was damaged on its way: ${detail}`);
  }
}

/** A deterministic key already holds other bytes. Nothing was overwritten. */
export class ConflictError extends TerminalError {
  constructor(
    readonly key: string,
    detail: string,
  ) {
    super(`${key} already holds other content (${detail}); nothing was overwritten`);
  }
}

/** The upload was completed or aborted by somebody; another try of the whole task starts a new one. */
export class UploadGoneError extends TransientError {
  constructor(
    readonly key: string,
    uploadId: string,
  ) {
    super(`${key}: upload ${uploadId} does not exist any more; start a new upload`);
  }
}

/** The store does not answer, refuses us, or has no room. */
export class StoreUnreachableError extends TransientError {
  constructor(
    readonly url: string,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`store ${url}: ${detail}`, options);
  }
}

/** The store answered that this write cannot be done now: read-only, not a directory, disk full, access denied. */
export class StoreWriteError extends TransientError {
  constructor(
    readonly key: string,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`cannot write ${key}: ${detail}`, options);
  }
}
