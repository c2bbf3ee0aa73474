import type { Dialect } from '../config/rules.js';

export const LF = 0x0a;
export const CR = 0x0d;
export const COMMA = 0x2c;
export const QUOTE = 0x22;

/** A dialect in bytes, as scanners need it. Delimiter and quote are ASCII (the configuration admits no others). */
export interface ByteDialect {
  readonly delimiter: number;
  readonly quote: number;
  /** Rows can be copied byte for byte. */
  readonly canonical: boolean;
  /** UTF-8 of the null tokens. */
  readonly nullTokens: readonly Uint8Array[];
}

export function byteDialect(dialect: Dialect): ByteDialect {
  const delimiter = dialect.delimiter.charCodeAt(0);
  const quote = dialect.quote.charCodeAt(0);
  return {
    delimiter,
    quote,
    canonical: delimiter === COMMA && quote === QUOTE,
    nullTokens: dialect.nullTokens.filter((token) => token !== '').map((token) => Buffer.from(token)),
  };
}
