import { INDEX, INPUT, OUTPUT, OUTPUT_SIZE, RESULTS, STEPS } from './layout';
import { bits, flatten32, parity, wholeRows32 } from './masks';

/** Input looked at before its rows are copied: index and input then stay in the first-level cache. */
const BATCH: usize = 8192;

/** Every input byte was consumed up to the last complete row; give more. */
const REWRITE_DONE: u32 = 0;
/** Take the output and call again from the consumed position. */
const REWRITE_FULL: u32 = 1;
/** The row at the consumed position does not have the promised number of fields, or its quotes are wrong. */
const REWRITE_BROKEN: u32 = 2;

// @ts-ignore: decorator
@inline
function copy(to: usize, from: usize, length: usize): void {
  v128.store(to, v128.load(from));
  let done: usize = 16;
  while (done < length) {
    v128.store(to + done, v128.load(from + done));
    done += 16;
  }
}

/**
 * Copies whole rows of `columns` fields from INPUT to OUTPUT in another column order.
 *
 * STEPS holds `steps` triples (kind, a, b): kind 0 copies neighbouring fields, from after index entry a to entry b (both
 * byte offsets into the row's entries, the first may be -4); kind 1 writes a separators for a empty fields. `growth` is the most bytes by which an output row can exceed its input row. Rows are assumed to be in
 * canonical form; field counts are checked all the same, so that a corrupt range cannot shift values.
 *
 * RESULTS: status, bytes consumed, bytes written, rows written.
 */
export function rewrite(length: u32, columns: u32, steps: u32, growth: u32): void {
  const commas = i8x16.splat(0x2c);
  const feeds = i8x16.splat(0x0a);
  const quotes = i8x16.splat(0x22);
  const stepsEnd = STEPS + <usize>steps * 12;
  const inputEnd = INPUT + <usize>length;
  const outputEnd = OUTPUT + OUTPUT_SIZE - <usize>growth - 64;
  let rowStart = INPUT;
  let out = OUTPUT;
  let rows: u32 = 0;
  let status = REWRITE_DONE;

  // Bytes past the input must not look like separators or quotes.
  memory.fill(inputEnd, 0x78, 64);

  while (rowStart < inputEnd && status == REWRITE_DONE) {
    // Index the next batch; it is extended until it holds a whole row.
    let indexEnd: usize = INDEX;
    let at = rowStart;
    let target = min(rowStart + BATCH, inputEnd);
    let inside: u64 = 0;
    let feedCount: u32 = 0;
    while (true) {
      while (at < target) {
        const a = v128.load(at);
        const b = v128.load(at, 16);
        const c = v128.load(at, 32);
        const d = v128.load(at, 48);
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
        if (v128.any_true(v128.or(v128.or(qa, qb), v128.or(qc, qd))) || inside != 0) {
          const within = parity(bits(qa, qb, qc, qd)) ^ inside;
          inside = <u64>(<i64>within >> 63);
          separators &= ~within;
          feedMask &= ~within;
        }
        feedCount += <u32>popcnt(feedMask);
        indexEnd = flatten32(indexEnd, <u32>at, separators);
        at += 64;
      }
      if (feedCount != 0 || target >= inputEnd) break;
      target = min(target + BATCH, inputEnd);
    }
    if (feedCount == 0) break;

    // Every row must end at its n-th separator. Where one does not, only the rows before it are copied.
    const rowEntries = <usize>columns << 2;
    let good: u32 = 0;
    let last: usize = INDEX + rowEntries - 4;
    while (good < feedCount && last < indexEnd && load<u8>(load<u32>(last)) == 0x0a) {
      good++;
      last += rowEntries;
    }
    if (good < feedCount) {
      good = wholeRows32(columns, indexEnd);
      status = REWRITE_BROKEN;
    }

    store<u32>(INDEX - 4, <u32>rowStart - 1);
    let entry: usize = INDEX;
    const entryEnd = INDEX + <usize>good * rowEntries;
    while (entry < entryEnd) {
      const next = <usize>load<u32>(entry + rowEntries - 4) + 1;
      if (out + (next - rowStart) > outputEnd) {
        status = REWRITE_FULL;
        break;
      }
      let step: usize = STEPS;
      do {
        if (load<u32>(step) == 0) {
          const from = <usize>load<u32>(entry + load<u32>(step, 4)) + 1;
          const to = <usize>load<u32>(entry + load<u32>(step, 8));
          copy(out, from, to - from);
          out += to - from + 1;
          store<u8>(out - 1, 0x2c);
        } else {
          const count = <usize>load<u32>(step, 4);
          let done: usize = 0;
          do {
            v128.store(out + done, commas);
            done += 16;
          } while (done < count);
          out += count;
        }
        step += 12;
      } while (step < stepsEnd);
      store<u8>(out - 1, 0x0a);
      entry += rowEntries;
      rowStart = next;
      rows++;
    }
  }
  store<u32>(RESULTS, status);
  store<u32>(RESULTS, <u32>(rowStart - INPUT), 4);
  store<u32>(RESULTS, <u32>(out - OUTPUT), 8);
  store<u32>(RESULTS, rows, 12);
}
