import { INPUT, RAW, RESULTS } from './layout';
import { bits, constant, FEED, parity, QUOTE, RETURN } from './masks';

// @ts-ignore: decorator
@inline
function copy(to: usize, from: usize, length: usize): usize {
  const end = to + length;
  for (; to < end; to += 16, from += 16) v128.store(to, v128.load(from));
  return end;
}

/**
 * Copies `length` bytes from RAW, a row start, to INPUT without the carriage returns of CRLFs outside quotes. Stops where
 * a line feed outside quotes has no carriage return before it, or a carriage return no line feed behind it; so every whole
 * row in INPUT was one byte longer. Quotes out of place lead it astray, but only after the row in which the scan will find them.
 *
 * RESULTS: bytes in INPUT.
 */
export function dropReturns(length: u32): void {
  const end = RAW + <usize>length;
  memory.fill(end, 0x78, 64);
  let out: usize = INPUT;
  let copied: usize = RAW;
  let stop = end;
  let inside: u64 = 0;
  let returnCarry: u64 = 0;
  for (let at: usize = RAW; at < end; at += 64) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const feedByte = constant(FEED);
    const returnByte = constant(RETURN);
    const quoteByte = constant(QUOTE);
    let feeds = bits(
      i8x16.eq(a, feedByte),
      i8x16.eq(b, feedByte),
      i8x16.eq(c, feedByte),
      i8x16.eq(d, feedByte),
    );
    let returns = bits(
      i8x16.eq(a, returnByte),
      i8x16.eq(b, returnByte),
      i8x16.eq(c, returnByte),
      i8x16.eq(d, returnByte),
    );
    const quotes = bits(
      i8x16.eq(a, quoteByte),
      i8x16.eq(b, quoteByte),
      i8x16.eq(c, quoteByte),
      i8x16.eq(d, quoteByte),
    );
    if ((quotes | inside) != 0) {
      const within = parity(quotes) ^ inside;
      inside = <u64>(<i64>within >> 63);
      feeds &= ~within;
      returns &= ~within;
    }
    // Where a return must be followed by a feed, and is not, or the other way round.
    const wrong = feeds ^ ((returns << 1) | returnCarry);
    if (wrong != 0) {
      const bit = ctz(wrong);
      stop = min(end, at + <usize>bit);
      returns &= (<u64>1 << bit) - 1;
    }
    returnCarry = returns >> 63;
    while (returns != 0) {
      const place = at + <usize>ctz(returns);
      out = copy(out, copied, place - copied);
      copied = place + 1;
      returns &= returns - 1;
    }
    if (wrong != 0) break;
  }
  if (copied < stop) out = copy(out, copied, stop - copied);
  store<u32>(RESULTS, <u32>(out - INPUT));
}
