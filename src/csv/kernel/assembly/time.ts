import { SHAPES } from './layout';
import { DATE, digit, skipDigits, TEXT, TIMESTAMP } from './value';

/** More than any two digits. */
const NOT_DIGITS: u32 = 1000;

// @ts-ignore: decorator
@inline
function two(at: usize): u32 {
  const tens = digit(at);
  const units = digit(at + 1);
  return i32(tens < 10) & i32(units < 10) ? tens * 10 + units : NOT_DIGITS;
}

function isDay(century: u32, year: u32, month: u32, day: u32): bool {
  if (month - 1 > 11 || day - 1 > 30) return false;
  if (day <= 28) return true;
  if (month == 2) {
    return day == 29 && (year != 0 ? year % 4 == 0 : century % 4 == 0);
  }
  // Bit m: month m has 31 days.
  return day <= 30 || ((0x15aa >> month) & 1) != 0;
}

/** At least 10 bytes, the fifth a minus. */
export function dateOrTimestamp(start: usize, end: usize): u32 {
  const century = two(start);
  const year = two(start + 2);
  if (century > 99 || year > 99 || load<u8>(start, 7) != 0x2d) return TEXT;
  if (!isDay(century, year, two(start + 5), two(start + 8))) return TEXT;
  if (end == start + 10) return DATE;
  return isTimeOfDay(start + 10, end) ? TIMESTAMP : TEXT;
}

function isTimeOfDay(start: usize, end: usize): bool {
  const separator = load<u8>(start);
  if ((separator != 0x54 && separator != 0x20) || end - start < 6) return false;
  if (two(start + 1) > 23 || load<u8>(start, 3) != 0x3a || two(start + 4) > 59) return false;
  return isRestOfTime(start + 6, end);
}

/** What may follow `HH:MM`. */
function isRestOfTime(at: usize, end: usize): bool {
  if (at < end && load<u8>(at) == 0x3a) {
    if (end - at < 3 || two(at + 1) > 59) return false;
    at += 3;
    if (at < end && load<u8>(at) == 0x2e) {
      const fraction = at + 1;
      at = skipDigits(fraction, end);
      if (at == fraction || at - fraction > 9) return false;
    }
  }
  return at == end || isZone(at, end);
}

function isZone(start: usize, end: usize): bool {
  const sign = load<u8>(start);
  if (sign == 0x5a) return end == start + 1;
  if (sign != 0x2d && sign != 0x2b) return false;
  const minutes = end - start == 6 && load<u8>(start, 3) == 0x3a ? start + 4 : start + 3;
  return end == minutes + 2 && two(start + 1) <= 23 && two(minutes) <= 59;
}

/** Bytes 0-1, 2-3, 5-6, 8-9, 11-12, 14-15 as two-digit numbers, u16 each: the parts of a timestamp. */
// @ts-ignore: decorator
@inline
function parts(digits: v128): v128 {
  const pairs = i8x16.shuffle(digits, digits, 0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 0, 0, 0, 0);
  const tens = v128.and(pairs, i16x8.splat(0xff));
  return i16x8.add(i16x8.mul(tens, i16x8.splat(10)), i16x8.shr_u(pairs, 8));
}

// @ts-ignore: decorator
@inline
function isDayOf(numbers: v128): bool {
  const month = i16x8.extract_lane_u(numbers, 2);
  const day = i16x8.extract_lane_u(numbers, 3);
  // Bits 2m and 2m+1: days of month m above 28; of February only 28 are taken here.
  if (day <= 28 + <u32>((0x3bbeecc >> (month << 1)) & 3)) return true;
  return isDay(i16x8.extract_lane_u(numbers, 0), i16x8.extract_lane_u(numbers, 1), month, day);
}

/** A date, by one comparison with the shape of all dates. */
// @ts-ignore: decorator
@inline
export function isDate(start: usize, end: usize): bool {
  if (end - start != 10) return false;
  const digits = i8x16.sub(v128.load(start), v128.load(DATE_ZEROS));
  if (!i8x16.all_true(i8x16.le_u(digits, v128.load(DATE_DIGITS)))) return false;
  const numbers = parts(digits);
  const least = v128.load(DATE_LEAST);
  if (!i16x8.all_true(i16x8.le_u(i16x8.sub(numbers, least), v128.load(DATE_SPAN)))) return false;
  return isDayOf(numbers);
}

/** A timestamp, by one comparison with the shape of their first 16 bytes. False for a bare date too. */
// @ts-ignore: decorator
@inline
export function isTimestamp(start: usize, end: usize): bool {
  if (end - start < 16) return false;
  const separator = load<u8>(start, 10);
  if (separator != 0x20 && separator != 0x54) return false;
  const digits = i8x16.sub(v128.load(start), v128.load(TIME_ZEROS));
  if (!i8x16.all_true(i8x16.le_u(digits, v128.load(TIME_DIGITS)))) return false;
  const numbers = parts(digits);
  const least = v128.load(DATE_LEAST);
  if (!i16x8.all_true(i16x8.le_u(i16x8.sub(numbers, least), v128.load(TIME_SPAN)))) return false;
  if (!isDayOf(numbers)) return false;
  if (end - start == 19) return load<u8>(start, 16) == 0x3a && two(start + 17) < 60;
  return isRestOfTime(start + 16, end);
}

const DATE_ZEROS: usize = SHAPES;
const DATE_DIGITS: usize = SHAPES + 16;
const TIME_ZEROS: usize = SHAPES + 32;
const TIME_DIGITS: usize = SHAPES + 64;
const DATE_LEAST: usize = SHAPES + 80;
const DATE_SPAN: usize = SHAPES + 96;
const TIME_SPAN: usize = SHAPES + 112;

/** Fills the constants of `isDate` and `isTimestamp`. Once per instance. */
export function prepareShapes(): void {
  v128.store(DATE_ZEROS, i8x16(48, 48, 48, 48, 45, 48, 48, 45, 48, 48, 0, 0, 0, 0, 0, 0));
  v128.store(DATE_DIGITS, i8x16(9, 9, 9, 9, 0, 1, 9, 0, 3, 9, -1, -1, -1, -1, -1, -1));
  v128.store(TIME_ZEROS, i8x16(48, 48, 48, 48, 45, 48, 48, 45, 48, 48, 32, 48, 48, 58, 48, 48));
  v128.store(TIME_DIGITS, i8x16(9, 9, 9, 9, 0, 1, 9, 0, 3, 9, -1, 2, 9, 0, 5, 9));
  // Century, year, month, day, hour, minute: the least of each and the span above it.
  v128.store(DATE_LEAST, i16x8(0, 0, 1, 1, 0, 0, 0, 0));
  v128.store(DATE_SPAN, i16x8(99, 99, 11, 30, -1, -1, -1, -1));
  v128.store(TIME_SPAN, i16x8(99, 99, 11, 30, 23, 59, -1, -1));
}
