import {
  EMPTIES,
  INDEX,
  MAX_BATCH,
  MAX_FLAGGED_BATCH,
  NUMBER_MASKS,
  POSITIONS,
  QUOTE_CARRIES,
  RESULTS,
  SELECTORS,
  SEPARATOR_MASKS,
} from './layout';
import {
  bits,
  COMMA,
  constant,
  DIGIT_BASE,
  DIGIT_LIMIT,
  DOT,
  EIGHT,
  FEED,
  FLAG_BITS,
  flatten16,
  MINUS,
  parity,
  QUOTE,
  RETURN,
  ZERO,
} from './masks';

// What one pass over a batch leaves in RESULTS (byte offsets).
/** Where the index ends (address). */
export const BATCH_INDEX_END: usize = 64;
/** Where the list of empty fields ends (address). */
export const BATCH_EMPTIES_END: usize = 68;
/** Line feeds outside quotes. */
export const BATCH_FEEDS: usize = 72;
/** Not 0 where a line feed may stand inside quotes. */
export const BATCH_QUOTED_FEEDS: usize = 76;
/** Not 0 where something only the host can judge follows the whole rows. */
export const BATCH_ODD: usize = 80;
/** Without an index: whole rows of the right length at the front, and the address after them. */
export const BATCH_ROWS: usize = 84;
export const BATCH_END: usize = 88;

// Offsets in QUOTE_CARRIES: all ones where a block ends within quotes; the rest single bits.
const INSIDE: usize = 0;
/** The last byte closed a quote. */
const CLOSE: usize = 8;
/** The last byte opened a quote at the start of a field; or closed one that had just been opened. */
const EMPTY_OPEN: usize = 16;
const EMPTY_CLOSE: usize = 24;

/**
 * Appends the entries of one byte of a separator mask to the index, 8 stores at once. Returns where the next entry goes.
 */
// @ts-ignore: decorator
@inline
function put(separators: usize, numbers: usize, base: v128, flagBits: v128, out: usize): usize {
  const mask16 = <usize>load<u8>(separators) << 4;
  const selectors = v128.load(mask16, SELECTORS);
  const flags = v128.and(i8x16.eq(v128.and(v128.load16_splat(numbers), selectors), selectors), flagBits);
  v128.store(out, v128.or(i16x8.add(v128.load(mask16, POSITIONS), base), flags));
  return out + (<usize>popcnt(<u32>mask16) << 1);
}

/** Turns the masks of `blocks` blocks into the index. Returns its end. */
function indexMasks(blocks: usize): usize {
  const flagBits = constant(FLAG_BITS);
  const eight = constant(EIGHT);
  let base = i16x8.splat(2);
  let out: usize = INDEX;
  let separators: usize = SEPARATOR_MASKS;
  let numbers: usize = NUMBER_MASKS;
  const end = SEPARATOR_MASKS + (blocks << 3);
  while (separators < end) {
    out = put(separators, numbers, base, flagBits, out);
    base = i16x8.add(base, eight);
    out = put(separators + 1, numbers + 2, base, flagBits, out);
    base = i16x8.add(base, eight);
    out = put(separators + 2, numbers + 4, base, flagBits, out);
    base = i16x8.add(base, eight);
    out = put(separators + 3, numbers + 6, base, flagBits, out);
    base = i16x8.add(base, eight);
    out = put(separators + 4, numbers + 8, base, flagBits, out);
    base = i16x8.add(base, eight);
    out = put(separators + 5, numbers + 10, base, flagBits, out);
    base = i16x8.add(base, eight);
    out = put(separators + 6, numbers + 12, base, flagBits, out);
    base = i16x8.add(base, eight);
    out = put(separators + 7, numbers + 14, base, flagBits, out);
    base = i16x8.add(base, eight);
    separators += 8;
    numbers += 16;
  }
  return out;
}

/**
 * One pass over the bytes from `from` to `target` and on to the first line feed after it (at most to `inputEnd`),
 * starting at a row start. Without `indexed` it counts rows and lists empty fields; with it, it indexes separators outside
 * quotes and lists quoted empty fields; with `numbers` it also tells which fields are integers and decimals. Stops at anything odd: a carriage return, a quote out of place, an empty row of one column.
 *
 * A field is all digits where a carry started at its first byte runs through the digits to a separator, so one addition
 * finds all integers of 64 bytes; a second one, started after dots such a run ended at, finds decimals.
 * Bits are set for plain `-?(0|[1-9][0-9]*)(\.[0-9]+)?` and for empty fields only: whatever has no bit is looked at alone.
 */
// @ts-ignore: decorator
@inline
export function pass(
  from: usize,
  target: usize,
  inputEnd: usize,
  columns: u32,
  indexed: bool,
  numbers: bool,
): void {
  let at = from;
  let out: usize = INDEX;
  let ordinal: usize = 0;
  let empties: usize = EMPTIES;
  let feedCount: u32 = 0;
  let quotedFeeds: u64 = 0;
  let odd: u32 = 0;

  let startCarry: u64 = 1;
  // Not 0 where the quotes of the next block cannot be ignored, even if it has none.
  let quotePending: u64 = 0;
  v128.store(QUOTE_CARRIES, i64x2.splat(0));
  v128.store(QUOTE_CARRIES, i64x2.splat(0), 16);

  let minusCarry: u64 = 0;
  let zeroCarry: u64 = 0;
  let integerCarry: u64 = 0;
  let dotCarry: u64 = 0;
  let fractionCarry: u64 = 0;

  let rowEnd: u32 = columns - 1;
  let rows: u32 = 0;
  let end = from;
  const limit = min(inputEnd, from + (numbers ? MAX_FLAGGED_BATCH : MAX_BATCH));

  while (true) {
    while (at < target) {
      const a = v128.load(at);
      const b = v128.load(at, 16);
      const c = v128.load(at, 32);
      const d = v128.load(at, 48);
      const feeds = constant(FEED);
      const commas = constant(COMMA);
      const fa = i8x16.eq(a, feeds);
      const fb = i8x16.eq(b, feeds);
      const fc = i8x16.eq(c, feeds);
      const fd = i8x16.eq(d, feeds);
      let separators = bits(
        v128.or(i8x16.eq(a, commas), fa),
        v128.or(i8x16.eq(b, commas), fb),
        v128.or(i8x16.eq(c, commas), fc),
        v128.or(i8x16.eq(d, commas), fd),
      );
      let feedMask = bits(fa, fb, fc, fd);
      let quotedEmpties: u64 = 0;
      let violations: u64 = 0;

      const quotes = constant(QUOTE);
      const qa = i8x16.eq(a, quotes);
      const qb = i8x16.eq(b, quotes);
      const qc = i8x16.eq(c, quotes);
      const qd = i8x16.eq(d, quotes);
      const returns = constant(RETURN);
      const ra = i8x16.eq(a, returns);
      const rb = i8x16.eq(b, returns);
      const rc = i8x16.eq(c, returns);
      const rd = i8x16.eq(d, returns);
      const special = v128.or(
        v128.or(v128.or(qa, qb), v128.or(qc, qd)),
        v128.or(v128.or(ra, rb), v128.or(rc, rd)),
      );
      if (i32(v128.any_true(special)) | i32(quotePending != 0)) {
        violations = bits(ra, rb, rc, rd);
        const quoteMask = bits(qa, qb, qc, qd);
        const within = parity(quoteMask) ^ load<u64>(QUOTE_CARRIES + INSIDE);
        const inside = <u64>(<i64>within >> 63);
        store<u64>(QUOTE_CARRIES + INSIDE, inside);
        quotedFeeds |= feedMask & within;
        separators &= ~within;
        feedMask &= ~within;
        const starts = (separators << 1) | startCarry;
        const opens = quoteMask & within;
        const closes = quoteMask & ~within;
        const afterClose = (closes << 1) | load<u64>(QUOTE_CARRIES + CLOSE);
        store<u64>(QUOTE_CARRIES + CLOSE, closes >> 63);
        quotePending = inside | (closes >> 63);
        violations |= (opens & ~(starts | afterClose)) | (afterClose & ~(separators | quoteMask));
        const emptyOpens = opens & starts;
        const emptyCloses = ((emptyOpens << 1) | load<u64>(QUOTE_CARRIES + EMPTY_OPEN)) & closes;
        quotedEmpties = ((emptyCloses << 1) | load<u64>(QUOTE_CARRIES + EMPTY_CLOSE)) & separators;
        store<u64>(QUOTE_CARRIES + EMPTY_OPEN, emptyOpens >> 63);
        store<u64>(QUOTE_CARRIES + EMPTY_CLOSE, emptyCloses >> 63);
      }

      const starts = (separators << 1) | startCarry;
      startCarry = separators >> 63;
      let emptyMask = separators & starts;
      if (columns == 1) violations |= emptyMask;
      if (violations != 0) {
        const first = <usize>ctz(violations);
        // A closing quote that is the last byte has not been followed by anything yet.
        if (at + first < inputEnd) {
          odd = 1;
          const before = (<u64>1 << first) - 1;
          separators &= before;
          feedMask &= before;
          emptyMask &= before;
          quotedEmpties &= before;
        }
      }
      const nullMask = emptyMask | quotedEmpties;

      if (numbers) {
        const low = constant(DIGIT_BASE);
        const ten = constant(DIGIT_LIMIT);
        const digits = bits(
          i8x16.lt_s(i8x16.sub(a, low), ten),
          i8x16.lt_s(i8x16.sub(b, low), ten),
          i8x16.lt_s(i8x16.sub(c, low), ten),
          i8x16.lt_s(i8x16.sub(d, low), ten),
        );
        const zero = constant(ZERO);
        const zeros = bits(i8x16.eq(a, zero), i8x16.eq(b, zero), i8x16.eq(c, zero), i8x16.eq(d, zero));
        const dash = constant(MINUS);
        const dashes = bits(i8x16.eq(a, dash), i8x16.eq(b, dash), i8x16.eq(c, dash), i8x16.eq(d, dash));
        const dot = constant(DOT);
        const dots = bits(i8x16.eq(a, dot), i8x16.eq(b, dot), i8x16.eq(c, dot), i8x16.eq(d, dot));

        const minus = starts & dashes;
        let heads = (starts | (minus << 1) | minusCarry) & digits;
        minusCarry = minus >> 63;
        // A run that starts with 0 and goes on is not a number: its carry is not started, or taken back.
        const zeroHeads = heads & zeros;
        heads &= ~(zeroHeads & (digits >> 1));
        integerCarry &= ~(zeroCarry & digits);
        zeroCarry = zeroHeads >> 63;
        let sum = heads + digits;
        let overflow = <u64>(sum < heads);
        sum += integerCarry;
        integerCarry = overflow | <u64>(sum < integerCarry);
        const integerEnds = sum & ~digits;
        const point = integerEnds & dots;
        const fractions = ((point << 1) | dotCarry) & digits;
        dotCarry = point >> 63;
        let sum2 = fractions + digits;
        let overflow2 = <u64>(sum2 < fractions);
        sum2 += fractionCarry;
        fractionCarry = overflow2 | <u64>(sum2 < fractionCarry);
        const integers = i64x2.splat((integerEnds & separators) | nullMask);
        const all = i64x2.splat(((sum2 | integerEnds) & ~digits & separators) | nullMask);
        const flags = i8x16.shuffle(integers, all, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        const block = (at - from) >> 6;
        v128.store(NUMBER_MASKS + (block << 4), flags);
        store<u64>(SEPARATOR_MASKS + (block << 3), separators);
      } else if (indexed) {
        out = flatten16(out, <u32>(at - from) + 1, separators);
      }

      let listed = indexed ? quotedEmpties : nullMask;
      while (listed != 0) {
        const bit = listed & (0 - listed);
        store<u32>(empties, <u32>ordinal + <u32>popcnt(separators & (bit - 1)));
        empties += 4;
        listed ^= bit;
      }

      if (indexed) {
        feedCount += <u32>popcnt(feedMask);
      } else {
        while (feedMask != 0) {
          const bit = feedMask & (0 - feedMask);
          if (<u32>ordinal + <u32>popcnt(separators & (bit - 1)) != rowEnd) {
            odd = 1;
            break;
          }
          rowEnd += columns;
          rows++;
          end = at + <usize>ctz(feedMask) + 1;
          feedMask ^= bit;
        }
      }
      ordinal += <usize>popcnt(separators);
      at += 64;
      if (odd) break;
    }
    if (odd || target >= limit) break;
    if (indexed ? feedCount != 0 : rows != 0) break;
    target = min(target + 8192, limit);
  }
  if (numbers) out = indexMasks((at - from) >> 6);
  // A row longer than positions can tell.
  if (limit < inputEnd && feedCount == 0 && rows == 0) odd = 1;
  store<u32>(RESULTS, <u32>out, BATCH_INDEX_END);
  store<u32>(RESULTS, <u32>empties, BATCH_EMPTIES_END);
  store<u32>(RESULTS, feedCount, BATCH_FEEDS);
  store<u32>(RESULTS, <u32>(quotedFeeds != 0), BATCH_QUOTED_FEEDS);
  store<u32>(RESULTS, odd, BATCH_ODD);
  store<u32>(RESULTS, rows, BATCH_ROWS);
  store<u32>(RESULTS, <u32>end, BATCH_END);
}
