/** zlib's own error: `code` begins with `Z_`. */
export interface ZlibFailure {
  readonly message: string;
  readonly code: string;
}

/** Inflates gzip piece by piece. After a failure nothing more may be asked of it. */
export interface Inflater {
  /** Compressed bytes consumed. */
  readonly consumed: number;
  /** Whether a zero byte follows the last member: then nothing more is consumed. */
  readonly isPadding: boolean;
  readonly failure: ZlibFailure | undefined;
  /** All output that can be had now. Each chunk is valid until the next is asked for. */
  write(chunk: Uint8Array): Iterable<Buffer> | AsyncIterable<Buffer>;
  /** After the last byte: fails when the input ends within a member. */
  end(): Iterable<Buffer> | AsyncIterable<Buffer>;
  destroy(): void;
}
