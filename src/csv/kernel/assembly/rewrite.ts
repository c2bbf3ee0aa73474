import { BLOCK_SEPARATORS, INDEX, INPUT, OUTPUT, OUTPUT_SIZE, POSITIONS, RESULTS, STEPS } from './layout';
import { bits, COMMA, constant, EIGHT, FEED, parity, positions16, QUOTE, wholeRows16 } from './masks';

/** Input indexed before its rows are copied: index and input then stay in the first-level cache. */
const BATCH: usize = 8192;
/** With more separators than this in a batch, looking them up eight at a time beats taking them one by one. */
const DENSE: usize = BATCH / 10;

/** Every input byte was consumed up to the last complete row; give more. */
const REWRITE_DONE: u32 = 0;
/** Take the output and call again from the consumed position. */
const REWRITE_FULL: u32 = 1;
/** The row at the consumed position does not have the promised number of fields. */
const REWRITE_BROKEN: u32 = 2;

/** What `indexRows` found: line feeds outside quotes, and where the index ends. */
let feedCount: u32 = 0;
let indexEnd: usize = 0;

// @ts-ignore: decorator
@inline
function put(byte: usize, base: v128, out: usize): usize {
  const mask16 = <usize>load<u8>(BLOCK_SEPARATORS + byte) << 4;
  v128.store(out, i16x8.add(i16x8.shr_u(v128.load(mask16, POSITIONS), 1), base));
  return out + (<usize>popcnt(<u32>mask16) << 1);
}

/**
 * Indexes the separators outside quotes from `from` to `target`, and on to the first line feed after it, at most to `end`.
 * An entry is the position after a separator, counted from INPUT: where the next field starts.
 */
// @ts-ignore: decorator
@inline
function index(from: usize, target: usize, end: usize, dense: bool): void {
  let out: usize = INDEX;
  let at = from;
  let inside: u64 = 0;
  let count: u32 = 0;
  while (true) {
    while (at < target) {
      const a = v128.load(at);
      const b = v128.load(at, 16);
      const c = v128.load(at, 32);
      const d = v128.load(at, 48);
      const feeds = constant(FEED);
      const commas = constant(COMMA);
      const quotes = constant(QUOTE);
      const fa = i8x16.eq(a, feeds);
      const fb = i8x16.eq(b, feeds);
      const fc = i8x16.eq(c, feeds);
      const fd = i8x16.eq(d, feeds);
      const qa = i8x16.eq(a, quotes);
      const qb = i8x16.eq(b, quotes);
      const qc = i8x16.eq(c, quotes);
      const qd = i8x16.eq(d, quotes);
      let separators = bits(
        v128.or(i8x16.eq(a, commas), fa),
        v128.or(i8x16.eq(b, commas), fb),
        v128.or(i8x16.eq(c, commas), fc),
        v128.or(i8x16.eq(d, commas), fd),
      );
      let feedMask = bits(fa, fb, fc, fd);
      if (i32(v128.any_true(v128.or(v128.or(qa, qb), v128.or(qc, qd)))) | i32(inside != 0)) {
        const within = parity(bits(qa, qb, qc, qd)) ^ inside;
        inside = <u64>(<i64>within >> 63);
        separators &= ~within;
        feedMask &= ~within;
      }
      count += <u32>popcnt(feedMask);
      const position = <u32>(at - INPUT) + 1;
      if (dense) {
        store<u64>(BLOCK_SEPARATORS, separators);
        const eight = i16x8.shr_u(constant(EIGHT), 1);
        let base = i16x8.splat(<i16>position);
        out = put(0, base, out);
        base = i16x8.add(base, eight);
        out = put(1, base, out);
        base = i16x8.add(base, eight);
        out = put(2, base, out);
        base = i16x8.add(base, eight);
        out = put(3, base, out);
        base = i16x8.add(base, eight);
        out = put(4, base, out);
        base = i16x8.add(base, eight);
        out = put(5, base, out);
        base = i16x8.add(base, eight);
        out = put(6, base, out);
        base = i16x8.add(base, eight);
        out = put(7, base, out);
      } else {
        out = positions16(out, position, separators);
      }
      at += 64;
    }
    if (count != 0 || target >= end) break;
    target = min(target + BATCH, end);
  }
  feedCount = count;
  indexEnd = out;
}

function indexDense(from: usize, target: usize, end: usize): void {
  index(from, target, end, true);
}

function indexSparse(from: usize, target: usize, end: usize): void {
  index(from, target, end, false);
}

/** Every row must end at its n-th separator. Where one does not, only the rows before it count. */
function goodRows(columns: u32): u32 {
  const stride = <usize>columns << 1;
  let good: u32 = 0;
  let last: usize = INDEX + stride - 2;
  while (good < feedCount && last < indexEnd && load<u8>(<usize>load<u16>(last), INPUT - 1) == 0x0a) {
    good++;
    last += stride;
  }
  return good == feedCount ? good : wholeRows16(columns, indexEnd, INPUT);
}

/** Marks a step that writes separators only. */
const EMPTY: u32 = 0xffff;

// Out of line, so that the loop over the steps of a row stays without loops of its own.
function copyOn(out: usize, from: usize, to: usize): void {
  for (; from < to; from += 16, out += 16) v128.store(out, v128.load(from, INPUT));
}

function separate(out: usize, count: usize): void {
  const end = out + count;
  for (; out < end; out += 16) v128.store(out, constant(COMMA));
}

/** One output row. `before` is the index entry before the row's own; returns where the next output row goes. */
// @ts-ignore: decorator
@inline
function emit(before: usize, out: usize, stepsEnd: usize): usize {
  let step: usize = STEPS;
  do {
    const pair = load<u32>(step);
    const first = pair & 0xffff;
    const last = <usize>(pair >> 16);
    if (first == EMPTY) {
      separate(out, last);
      out += last;
    } else {
      const from = <usize>load<u16>(before + first);
      const to = <usize>load<u16>(before + last);
      // With the separator, and more of what follows, which the next step writes over.
      v128.store(out, v128.load(from, INPUT));
      v128.store(out, v128.load(from, INPUT + 16), 16);
      if (to - from > 32) copyOn(out + 32, from + 32, to);
      out += to - from;
      store<u8>(out - 1, 0x2c);
    }
    step += 4;
  } while (step < stepsEnd);
  store<u8>(out - 1, 0x0a);
  return out;
}

/**
 * Copies whole rows of `columns` fields from INPUT to OUTPUT in another column order.
 *
 * STEPS holds `steps` pairs of u16. (a, b) copies neighbouring fields: everything between the ends of field a - 1 and of
 * field b - 1, both counted from 0 at the row's start and given twice. (0xffff, n) stands for n empty fields. `growth` is
 * the most bytes by which an output row can exceed its input row. Rows are taken to be canonical; field counts are checked
 * all the same, so that damaged bytes cannot shift values.
 *
 * RESULTS: status, bytes consumed, bytes written, rows written.
 */
export function rewrite(length: u32, columns: u32, steps: u32, growth: u32): void {
  const stepsEnd = STEPS + (<usize>steps << 2);
  const inputEnd = INPUT + <usize>length;
  const outputEnd = OUTPUT + OUTPUT_SIZE - <usize>growth - 64;
  const stride = <usize>columns << 1;
  let rowStart = INPUT;
  let out = OUTPUT;
  let rows: u32 = 0;
  let status = REWRITE_DONE;
  let dense = true;

  // Bytes past the input must not look like separators or quotes.
  memory.fill(inputEnd, 0x78, 64);

  while (rowStart < inputEnd && status == REWRITE_DONE) {
    const target = min(rowStart + BATCH, inputEnd);
    if (dense) indexDense(rowStart, target, inputEnd);
    else indexSparse(rowStart, target, inputEnd);
    dense = indexEnd - INDEX > DENSE * 2;
    if (feedCount == 0) break;
    const good = goodRows(columns);
    if (good < feedCount) status = REWRITE_BROKEN;

    store<u16>(INDEX - 2, <u16>(rowStart - INPUT));
    let entry: usize = INDEX;
    const entryEnd = INDEX + <usize>good * stride;
    while (entry < entryEnd) {
      const next = INPUT + load<u16>(entry + stride - 2);
      if (out + (next - rowStart) > outputEnd) {
        status = REWRITE_FULL;
        break;
      }
      out = emit(entry - 2, out, stepsEnd);
      entry += stride;
      rowStart = next;
      rows++;
    }
  }
  store<u32>(RESULTS, status);
  store<u32>(RESULTS, <u32>(rowStart - INPUT), 4);
  store<u32>(RESULTS, <u32>(out - OUTPUT), 8);
  store<u32>(RESULTS, rows, 12);
}
