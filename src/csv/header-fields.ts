import type { ByteDialect } from './csv-dialect.js';
import { HeaderRejected, type ResolvedHeader, resolveHeader } from './csv-header.js';
import type { MemberScanOptions } from './member-scan.js';
import type { WindowFacts } from './row-judge.js';
import { RowEnd, type RowParser, rowFaultText } from './row-parser.js';
import { REPLACEMENT } from './utf8.js';

const CTRL_Z = 0x1a;

/** Makes a header of the row just parsed, which begins at `at`. */
export function readHeader(
  window: Uint8Array,
  at: number,
  ended: RowEnd,
  parser: RowParser,
  dialect: ByteDialect,
  options: MemberScanOptions,
  facts: WindowFacts,
): ResolvedHeader | HeaderRejected {
  const line = window.subarray(at, parser.end);
  if (line.length > 0 && line.every((byte) => byte === 0)) {
    return new HeaderRejected('member-empty', 'only NUL bytes');
  }
  if (line.length === 1 && line[0] === CTRL_Z) return new HeaderRejected('member-empty', 'only a ^Z');
  if (ended !== RowEnd.complete)
    return new HeaderRejected('member-no-header', `header: ${rowFaultText(ended)}`);
  const { encoding } = options.table.dialect;
  if (encoding !== 'utf-8' && !facts.isText && Buffer.from(line).includes(REPLACEMENT)) {
    return new HeaderRejected('member-encoding', `the header is not ${encoding}`);
  }
  const fields: Uint8Array[] = [];
  for (let i = 0; i < Math.min(parser.fields, options.limits.columns + 1); i++) {
    const value = window.subarray(parser.starts[i]!, parser.ends[i]!);
    fields.push(parser.doubled ? undouble(value, dialect.quote) : value);
  }
  return resolveHeader(fields, options);
}

function undouble(value: Uint8Array, quote: number): Uint8Array {
  const single: number[] = [];
  for (let i = 0; i < value.length; i++) {
    single.push(value[i]!);
    if (value[i] === quote) i++;
  }
  return Uint8Array.from(single);
}
