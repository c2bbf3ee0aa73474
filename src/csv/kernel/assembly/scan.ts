import {
  BATCH_END,
  BATCH_FEEDS,
  BATCH_INDEX_END,
  BATCH_ODD,
  BATCH_QUOTED_FEEDS,
  BATCH_ROWS,
  pass,
} from './batch';
import { foldColumn, isOpen } from './column';
import { countListed, foldBatch } from './fold';
import { BATCH_NULLS, BATCH_TYPES, INDEX, INPUT, NULLS, RESULTS, TOKENS, TYPES } from './layout';
import { next, wholeRows16 } from './masks';
import { DECIMAL, INTEGER, NULL } from './value';

/** Input looked at before its columns are: index, bitmaps and input then stay in the first-level cache. */
const BATCH: usize = 8192;
/** Without an index only the bytes themselves have to stay there. */
const PLAIN_BATCH: usize = 32768;

/** Everything up to the last complete row was taken; give more. */
const SCAN_DONE: u32 = 0;
/** The row at the consumed position is odd: the host must take at least that row. */
const SCAN_ODD: u32 = 1;

function plainPass(from: usize, target: usize, inputEnd: usize, columns: u32): void {
  pass(from, target, inputEnd, columns, false, false);
}

function indexPass(from: usize, target: usize, inputEnd: usize, columns: u32): void {
  pass(from, target, inputEnd, columns, true, false);
}

function numberPass(from: usize, target: usize, inputEnd: usize, columns: u32): void {
  pass(from, target, inputEnd, columns, true, true);
}

/** Line feeds from `from` to `end`, inside quotes or not. */
function countFeeds(from: usize, end: usize): u32 {
  let count: u32 = 0;
  for (let at = from; at < end; at++) count += <u32>(load<u8>(at) == 0x0a);
  return count;
}

/** How many columns still have to be looked at, and how many of those may turn out to be numbers: (open << 16) | numeric. */
function openColumns(columns: u32): u32 {
  let open: u32 = 0;
  let numeric: u32 = 0;
  for (let column: u32 = 0; column < columns; column++) {
    if (!isOpen(column)) continue;
    const type = <u32>load<u8>(TYPES + column);
    open++;
    numeric += <u32>(type == NULL || type == INTEGER || type == DECIMAL);
  }
  return (open << 16) | numeric;
}

/** Rows of the right length at the front of an indexed batch. */
function wellFormedRows(from: usize, columns: u32, mask: u32): u32 {
  const indexEnd = <usize>load<u32>(RESULTS, BATCH_INDEX_END);
  const feeds = load<u32>(RESULTS, BATCH_FEEDS);
  const stride = <usize>columns << 1;
  let last = INDEX + stride - 2;
  let rows: u32 = 0;
  // Every row must end at its n-th separator; then no other line feed is left over.
  while (rows < feeds && last < indexEnd && load<u8>(from + next(last, mask) - 1) == 0x0a) {
    rows++;
    last += stride;
  }
  if (rows == feeds) return rows;
  store<u32>(RESULTS, 1, BATCH_ODD);
  return wholeRows16(columns, indexEnd, from, mask, 1);
}

/** Nulls and types of an indexed batch. Returns how many rows from its front hold only values their columns allow. */
function foldColumns(from: usize, columns: u32, rows: u32, mask: u32, numbers: bool): u32 {
  while (rows != 0) {
    foldBatch(columns, rows, mask);
    countListed(columns, rows);
    let good = rows;
    const tokens = load<u32>(TOKENS) != 0;
    for (let column: u32 = 0; column < columns && good == rows; column++) {
      if (tokens || isOpen(column)) good = foldColumn(column, from, rows, columns, mask, numbers);
      else store<u8>(BATCH_TYPES + column, load<u8>(TYPES + column));
    }
    if (good == rows) {
      memory.copy(TYPES, BATCH_TYPES, columns);
      break;
    }
    // Once more with the rows before the one that is not allowed.
    store<u32>(RESULTS, 1, BATCH_ODD);
    rows = good;
  }
  return rows;
}

/**
 * Scans whole rows of `columns` fields at INPUT. TYPES and NULLS are brought forward; with `types` false only rows and
 * nulls are looked at. What is taken is exactly what the reference scanner would count as good rows.
 *
 * RESULTS: status, bytes consumed, rows, lines.
 */
export function scan(length: u32, columns: u32, types: bool): void {
  const inputEnd = INPUT + <usize>length;
  const tokens = load<u32>(TOKENS) != 0;
  let from = INPUT;
  let rows: u32 = 0;
  let lines: u32 = 0;
  let status = SCAN_DONE;

  // Bytes past the input must not look like anything.
  memory.fill(inputEnd, 0x78, 64);
  store<u16>(INDEX - 2, 0);

  while (from < inputEnd && status == SCAN_DONE) {
    const open = types ? openColumns(columns) : 0;
    let batchRows: u32;
    let end: usize;
    if (open == 0 && !tokens) {
      plainPass(from, min(from + PLAIN_BATCH, inputEnd), inputEnd, columns);
      batchRows = load<u32>(RESULTS, BATCH_ROWS);
      end = load<u32>(RESULTS, BATCH_END);
      memory.fill(BATCH_NULLS, 0, columns << 2);
      countListed(columns, batchRows);
    } else {
      const target = min(from + BATCH, inputEnd);
      // Where few columns are numbers, finding them all costs more than looking at each value.
      const numbers = (open & 0xffff) * 3 > columns;
      if (numbers) numberPass(from, target, inputEnd, columns);
      else indexPass(from, target, inputEnd, columns);
      const mask: u32 = numbers ? 0x7ffe : 0xfffe;
      batchRows = foldColumns(from, columns, wellFormedRows(from, columns, mask), mask, numbers);
      end = from + next(INDEX + ((<usize>batchRows * columns) << 1) - 2, mask);
    }
    if (load<u32>(RESULTS, BATCH_ODD) != 0) status = SCAN_ODD;
    if (batchRows == 0) break;
    for (let at: usize = 0; at < <usize>columns << 2; at += 16)
      v128.store(NULLS + at, i32x4.add(v128.load(NULLS + at), v128.load(BATCH_NULLS + at)));
    rows += batchRows;
    lines += load<u32>(RESULTS, BATCH_QUOTED_FEEDS) != 0 ? countFeeds(from, end) : batchRows;
    from = end;
  }
  store<u32>(RESULTS, status);
  store<u32>(RESULTS, <u32>(from - INPUT), 4);
  store<u32>(RESULTS, rows, 8);
  store<u32>(RESULTS, lines, 12);
}
