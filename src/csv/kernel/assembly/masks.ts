import { CONSTANTS, INDEX, POSITIONS, SELECTORS } from './layout';

/** One bit per byte of a 64-byte block, from four comparison results. */
// @ts-ignore: decorator
@inline
export function bits(a: v128, b: v128, c: v128, d: v128): u64 {
  return (
    <u64>(<u32>(i8x16.bitmask(a) | (i8x16.bitmask(b) << 16))) |
    (<u64>(<u32>(i8x16.bitmask(c) | (i8x16.bitmask(d) << 16))) << 32)
  );
}

/** Bit p of the result is the parity of bits 0..p. */
// @ts-ignore: decorator
@inline
export function parity(x: u64): u64 {
  x ^= x << 1;
  x ^= x << 2;
  x ^= x << 4;
  x ^= x << 8;
  x ^= x << 16;
  x ^= x << 32;
  return x;
}

/** Appends the position of every set bit to a u16 index; may write up to two entries past the end. */
// @ts-ignore: decorator
@inline
export function positions16(out: usize, base: u32, mask: u64): usize {
  const end = out + (<usize>popcnt(mask) << 1);
  while (mask) {
    store<u16>(out, <u16>(base + <u32>ctz(mask)));
    mask &= mask - 1;
    store<u16>(out, <u16>(base + <u32>ctz(mask)), 2);
    mask &= mask - 1;
    store<u16>(out, <u16>(base + <u32>ctz(mask)), 4);
    mask &= mask - 1;
    out += 6;
  }
  return end;
}

/** The same, twice the position. */
// @ts-ignore: decorator
@inline
export function flatten16(out: usize, base: u32, mask: u64): usize {
  const end = out + (<usize>popcnt(mask) << 1);
  while (mask) {
    store<u16>(out, <u16>((base + <u32>ctz(mask)) << 1));
    mask &= mask - 1;
    store<u16>(out, <u16>((base + <u32>ctz(mask)) << 1), 2);
    mask &= mask - 1;
    store<u16>(out, <u16>((base + <u32>ctz(mask)) << 1), 4);
    mask &= mask - 1;
    out += 6;
  }
  return end;
}

/** The position after the separator: where the next field starts. `mask` takes the flags away. */
// @ts-ignore: decorator
@inline
export function next(entry: usize, mask: u32): usize {
  return (load<u16>(entry) & mask) >> 1;
}

/** 16 times the same byte, for the bytes listed in `prepareMasks`. */
export const COMMA: usize = 0;
export const FEED: usize = 16;
export const QUOTE: usize = 32;
export const RETURN: usize = 48;
export const MINUS: usize = 64;
export const DOT: usize = 80;
export const ZERO: usize = 96;
/** Subtracted from a byte, digits become the 10 lowest signed values, below `DIGIT_LIMIT`. */
export const DIGIT_BASE: usize = 112;
export const DIGIT_LIMIT: usize = 128;
export const FLAG_BITS: usize = 144;
/** Added to positions from one byte of a mask to the next. */
export const EIGHT: usize = 160;

// @ts-ignore: decorator
@inline
export function constant(which: usize): v128 {
  return v128.load(CONSTANTS + which);
}

/** Fills the tables. Once per instance. */
export function prepareMasks(): void {
  v128.store(CONSTANTS + COMMA, i8x16.splat(0x2c));
  v128.store(CONSTANTS + FEED, i8x16.splat(0x0a));
  v128.store(CONSTANTS + QUOTE, i8x16.splat(0x22));
  v128.store(CONSTANTS + RETURN, i8x16.splat(0x0d));
  v128.store(CONSTANTS + MINUS, i8x16.splat(0x2d));
  v128.store(CONSTANTS + DOT, i8x16.splat(0x2e));
  v128.store(CONSTANTS + ZERO, i8x16.splat(0x30));
  v128.store(CONSTANTS + DIGIT_BASE, i8x16.splat(-80));
  v128.store(CONSTANTS + DIGIT_LIMIT, i8x16.splat(-118));
  v128.store(CONSTANTS + FLAG_BITS, i16x8.splat(<i16>0x8001));
  v128.store(CONSTANTS + EIGHT, i16x8.splat(16));
  for (let mask: u32 = 0; mask < 256; mask++) {
    let slot: usize = mask << 4;
    for (let bit: u32 = 0; bit < 8; bit++) {
      if (((mask >> bit) & 1) == 0) continue;
      store<u16>(POSITIONS + slot, <u16>(bit << 1));
      store<u16>(SELECTORS + slot, <u16>(<u32>0x0101 << bit));
      slot += 2;
    }
  }
}

/**
 * How many rows of `columns` fields stand at the front of a u16 index before the first that has more or fewer. `origin` is
 * what entries count from; `mask` and `shift` turn them into the positions after separators.
 */
export function wholeRows16(columns: u32, indexEnd: usize, origin: usize, mask: u32 = 0xffff, shift: u32 = 0): u32 {
  let rows: u32 = 0;
  let entry = INDEX;
  while (true) {
    for (let column: u32 = 1; column <= columns; column++) {
      if (entry >= indexEnd) return rows;
      const isFeed = load<u8>(origin + ((load<u16>(entry) & mask) >> shift) - 1) == 0x0a;
      if (isFeed != (column == columns)) return rows;
      entry += 2;
    }
    rows++;
  }
}
