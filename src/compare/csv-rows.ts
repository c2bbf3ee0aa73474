import type { Dialect } from '../config/rules.js';
import { byteDialect } from '../csv/csv-dialect.js';
import { RowEnd, RowParser, rowFaultText } from '../csv/row-parser.js';
import { TextFeed } from '../csv/text-feed.js';
import { TerminalError } from '../errors.js';

/** A CSV that cannot be compared, with the place. */
export class UnreadableCsvError extends TerminalError {}

/**
 * Values as one character for each byte of their UTF-8: half the memory of text, equal when the texts are equal.
 * `valueText` makes text of them.
 */
export type Values = string[];

export function valueText(value: string): string {
  return Buffer.from(value, 'latin1').toString('utf8');
}

const MOST_FIELDS = 100_000;

/** All rows, the header first, in batches as the chunks give them. Blank lines are no rows. @throws UnreadableCsvError */
export async function* readCsvRows(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  dialect: Dialect,
): AsyncGenerator<Values[]> {
  const parser = new RowParser(byteDialect(dialect), MOST_FIELDS);
  const quote = dialect.quote;
  let rows: Values[] = [];
  let read = 0;
  let fault: string | undefined;
  const feed = new TextFeed(dialect.encoding, {
    scan(window, final) {
      let at = 0;
      while (at < window.byteLength) {
        const ended = parser.parse(window, at, window.byteLength, final);
        if (ended === RowEnd.partial) break;
        read++;
        if (ended !== RowEnd.complete) {
          fault ??= `row ${read}: ${rowFaultText(ended)}`;
          return window.byteLength;
        }
        if (parser.end > at || parser.fields > 1) rows.push(valuesOf(window, parser, quote));
        at = parser.next;
      }
      return at;
    },
    passed() {},
    mismatch(detail) {
      fault ??= detail;
    },
  });
  const taken = (): Values[] => {
    if (fault !== undefined) throw new UnreadableCsvError(`${name}: ${fault}`);
    const batch = rows;
    rows = [];
    return batch;
  };
  try {
    for await (const chunk of chunks) {
      feed.write(chunk);
      const batch = taken();
      if (batch.length > 0) yield batch;
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('Z_')) throw new UnreadableCsvError(`${name}: not gzip as it should be: ${message}`);
    throw error;
  }
  feed.end();
  yield taken();
}

function valuesOf(window: Uint8Array, parser: RowParser, quote: string): Values {
  const bytes = Buffer.from(window.buffer, window.byteOffset, window.byteLength);
  const values: Values = new Array(parser.fields);
  for (let field = 0; field < parser.fields; field++) {
    const value = bytes.toString('latin1', parser.starts[field]!, parser.ends[field]!);
    const quoted = parser.doubled && bytes[parser.starts[field]! - 1] === quote.charCodeAt(0);
    values[field] = quoted ? value.replaceAll(quote + quote, quote) : value;
  }
  return values;
}
