import {
  COMPOUND_TABLE,
  COUNTS,
  DISTANCE_BITS,
  DISTANCE_SYMBOLS,
  DISTANCE_TABLE,
  LENGTHS,
  LENGTHS_BITS,
  LENGTHS_SYMBOLS,
  LENGTHS_TABLE,
  LITERAL_BITS,
  LITERAL_SYMBOLS,
  MATCH_LENGTHS,
  ORDER,
  SORTED,
  STARTS,
  SYMBOL_TABLE,
} from './layout';

// An entry of a table, u32:
// bits 0-5: bits it takes, those of the codes and the extra ones behind them (in a sub-table: without those of the main one)
// Literals and lengths: bits 6-7 literals, which stand in bits 16-31; bits 8-12 which length follows them, see MATCH.
// Distances: bits 8-11 bits of the code alone; bits 16-31 what the extra bits are added to.
/** A length follows the literals. */
export const MATCH: u64 = 1 << 13;
/** Neither; one of the two below, or a symbol that must not occur. */
export const SPECIAL: u64 = 1 << 14;
/** Bits 16-31: where the sub-table begins; bits 8-11: its bits. */
export const SUB_TABLE: u64 = SPECIAL | (1 << 15);
export const END_OF_BLOCK: u64 = SPECIAL | (1 << 8);
const INVALID: u32 = <u32>SPECIAL;
const ONE_LITERAL: u32 = 1 << 6;

const LONGEST: u32 = 15;

/** RFC 1951, 3.2.5. */
function fillSymbols(): void {
  for (let symbol: u32 = 0; symbol < 256; symbol++) {
    store<u32>(LITERAL_SYMBOLS + (symbol << 2), (symbol << 16) | ONE_LITERAL);
  }
  store<u32>(LITERAL_SYMBOLS + (256 << 2), <u32>END_OF_BLOCK);
  let base: u32 = 3;
  for (let index: u32 = 1; index <= 29; index++) {
    const extra: u32 = index < 9 || index == 29 ? 0 : (index - 5) >> 2;
    if (index == 29) base = 258;
    store<u32>(LITERAL_SYMBOLS + ((256 + index) << 2), (index << 8) | <u32>MATCH | extra);
    store<u32>(MATCH_LENGTHS + (index << 2), (extra << 16) | base);
    base += 1 << extra;
  }
  store<u32>(LITERAL_SYMBOLS + (286 << 2), INVALID);
  store<u32>(LITERAL_SYMBOLS + (287 << 2), INVALID);
  base = 1;
  for (let symbol: u32 = 0; symbol < 30; symbol++) {
    const extra: u32 = symbol < 4 ? 0 : (symbol - 2) >> 1;
    store<u32>(DISTANCE_SYMBOLS + (symbol << 2), (base << 16) | extra);
    base += 1 << extra;
  }
  store<u32>(DISTANCE_SYMBOLS + (30 << 2), INVALID);
  store<u32>(DISTANCE_SYMBOLS + (31 << 2), INVALID);
  for (let symbol: u32 = 0; symbol < 19; symbol++) {
    store<u32>(LENGTHS_SYMBOLS + (symbol << 2), symbol << 16);
  }
}

/** Once per instance. */
export function prepare(): void {
  fillSymbols();
  // 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
  store<u64>(ORDER, 0x0609070800121110);
  store<u64>(ORDER + 8, 0x020d030c040b050a);
  store<u32>(ORDER + 16, 0x000f010e);
}

/** `scale`: 1, and 0x101 where entries have the bits of the code alone. */
// @ts-ignore: decorator
@inline
function entryOf(symbols: usize, sorted: usize, length: u32, scale: u32): u32 {
  return load<u32>(symbols + (<usize>load<u16>(sorted) << 2)) + length * scale;
}

/**
 * Makes the table of a canonical code from `count` lengths at `lengths`, codes of at most `bits` bits in the main table.
 * @returns whether the lengths make a code that zlib accepts: a complete one, or (`lone`) one with at most one symbol
 */
function build(table: usize, bits: u32, symbols: usize, scale: u32, lengths: usize, count: u32, lone: bool): bool {
  memory.fill(COUNTS, 0, 16 * 4);
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const at = COUNTS + (<usize>load<u8>(lengths + symbol) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  store<u32>(COUNTS, 0);
  let left: i32 = 1;
  let start: u32 = 0;
  let used: u32 = 0;
  let longest: u32 = 0;
  for (let length: u32 = 1; length <= LONGEST; length++) {
    const those = load<u32>(COUNTS + (length << 2));
    left = (left << 1) - <i32>those;
    if (left < 0) return false;
    store<u32>(STARTS + (length << 2), start);
    start += those;
    used += those;
    if (those > 0) longest = length;
  }
  if (left > 0 && longest > 0 && (!lone || longest > 1)) return false;
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const length = <usize>load<u8>(lengths + symbol);
    if (length == 0) continue;
    const at = STARTS + (length << 2);
    const position = load<u32>(at);
    store<u32>(at, position + 1);
    store<u16>(SORTED + (<usize>position << 1), <u16>symbol);
  }
  if (left > 0) {
    for (let at: usize = 0; at < <usize>1 << bits; at++) store<u32>(table + (at << 2), INVALID + 1);
    if (used == 0) return true;
    const entry = entryOf(symbols, SORTED, 1, scale);
    for (let at: usize = 0; at < <usize>1 << bits; at += 2) store<u32>(table + (at << 2), entry);
    return true;
  }
  fill(table, bits, symbols, scale);
  return true;
}

/** Codes are taken in their order; the bits of each stand reversed in the input, so in `code`. */
function fill(table: usize, bits: u32, symbols: usize, scale: u32): void {
  let sorted = SORTED;
  let length: u32 = 1;
  let those = load<u32>(COUNTS + 4);
  while (those == 0) those = load<u32>(COUNTS + (++length << 2));
  let code: u32 = 0;
  let end: u32 = 1 << length;
  while (length <= bits) {
    do {
      store<u32>(table + (code << 2), entryOf(symbols, sorted, length, scale));
      sorted += 2;
      if (code == end - 1) {
        for (; length < bits; length++) {
          memory.copy(table + (end << 2), table, end << 2);
          end <<= 1;
        }
        return;
      }
      const bit: u32 = 1 << (31 - clz(code ^ (end - 1)));
      code = (code & (bit - 1)) | bit;
    } while (--those > 0);
    do {
      if (++length <= bits) {
        memory.copy(table + (end << 2), table, end << 2);
        end <<= 1;
      }
      those = load<u32>(COUNTS + (length << 2));
    } while (those == 0);
  }
  end = 1 << bits;
  const mask = end - 1;
  let prefix: u32 = 0xffffffff;
  let start: u32 = 0;
  while (true) {
    if ((code & mask) != prefix) {
      prefix = code & mask;
      start = end;
      let extra = length - bits;
      let space = those;
      while (space < <u32>1 << extra) {
        extra++;
        space = (space << 1) + load<u32>(COUNTS + ((bits + extra) << 2));
      }
      end = start + (1 << extra);
      store<u32>(table + (prefix << 2), (start << 16) | <u32>SUB_TABLE | (extra << 8) | bits);
    }
    const entry = entryOf(symbols, sorted, length - bits, scale);
    sorted += 2;
    const stride: u32 = 1 << (length - bits);
    for (let at = start + (code >> bits); at < end; at += stride) store<u32>(table + (at << 2), entry);
    const last: u32 = (<u32>1 << length) - 1;
    if (code == last) return;
    const bit: u32 = 1 << (31 - clz(code ^ last));
    code = (code & (bit - 1)) | bit;
    those--;
    while (those == 0) those = load<u32>(COUNTS + (++length << 2));
  }
}

/** Literals of one entry, and then a length, as far as they fit into the bits of the main table. */
function compound(): void {
  for (let at: u32 = 0; at < <u32>1 << <u32>LITERAL_BITS; at++) {
    let entry = load<u32>(SYMBOL_TABLE + (at << 2));
    if ((entry & ONE_LITERAL) != 0) {
      // Bits beyond those of the index are zeros; an entry that looks at none of them is right.
      const first = entry & 63;
      const next = load<u32>(SYMBOL_TABLE + ((at >> first) << 2));
      if ((next & ONE_LITERAL) != 0) {
        const both = first + (next & 63);
        if (both <= <u32>LITERAL_BITS) {
          entry = both | (ONE_LITERAL << 1) | (entry & 0xff0000) | ((next & 0xff0000) << 8);
          const third = load<u32>(SYMBOL_TABLE + ((at >> both) << 2));
          if ((third & <u32>MATCH) != 0 && both + codeBits(third) <= <u32>LITERAL_BITS) entry += third;
        }
      } else if ((next & <u32>MATCH) != 0 && first + codeBits(next) <= <u32>LITERAL_BITS) entry += next;
    }
    store<u32>(COMPOUND_TABLE + (at << 2), entry);
  }
}

// @ts-ignore: decorator
@inline
function codeBits(match: u32): u32 {
  return (match & 63) - (load<u32>(MATCH_LENGTHS + ((match >> 6) & 0x7c)) >> 16);
}

export function buildLengths(): bool {
  return build(LENGTHS_TABLE, <u32>LENGTHS_BITS, LENGTHS_SYMBOLS, 1, LENGTHS, 19, false);
}

export function buildLiterals(count: u32): bool {
  if (!build(SYMBOL_TABLE, <u32>LITERAL_BITS, LITERAL_SYMBOLS, 1, LENGTHS, count, true)) return false;
  compound();
  return true;
}

export function buildDistances(lengths: usize, count: u32): bool {
  return build(DISTANCE_TABLE, <u32>DISTANCE_BITS, DISTANCE_SYMBOLS, 0x101, lengths, count, true);
}

/** RFC 1951, 3.2.6. */
export function buildFixed(): void {
  memory.fill(LENGTHS, 8, 144);
  memory.fill(LENGTHS + 144, 9, 112);
  memory.fill(LENGTHS + 256, 7, 24);
  memory.fill(LENGTHS + 280, 8, 8);
  memory.fill(LENGTHS + 288, 5, 32);
  buildLiterals(288);
  buildDistances(LENGTHS + 288, 32);
}
