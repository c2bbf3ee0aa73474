import type { ColumnType } from '../ingest/manifest.js';

/**
 * The type of one value, by its text alone (quotes removed, nothing trimmed). Types are facts about the data; values
 * themselves are never changed, so whatever a type would lose (leading zeros, digits beyond 64 bits) is `text`.
 *
 * | type      | value                                                                                        |
 * | --------- | -------------------------------------------------------------------------------------------- |
 * | boolean   | `true`, `false`, and both capitalised or in capitals                                         |
 * | integer   | optional `-`, then `0` or 1-18 digits without a leading zero (always fits a signed 64-bit)   |
 * | decimal   | an integer part as above, `.` and digits, or an exponent `e`/`E` with 1-3 digits, or both     |
 * | date      | `YYYY-MM-DD`, a day that exists                                                              |
 * | timestamp | a date, `T` or one space, `HH:MM`, optional `:SS`, optional `.` and 1-9 digits, optional `Z` or `+HH:MM`/`-HH:MM`/`+HHMM` |
 * | text      | everything else                                                                              |
 */
export function typeOfValue(bytes: Uint8Array, start: number, end: number): ColumnType {
  if (start === end) return 'null';
  const first = bytes[start]!;
  if (first === MINUS || (first >= ZERO && first <= NINE)) {
    if (end - start >= 10 && bytes[start + 4] === MINUS) return dateOrTimestamp(bytes, start, end);
    return number(bytes, start, end);
  }
  return isBoolean(bytes, start, end) ? 'boolean' : 'text';
}

const RANK: Record<ColumnType, number> = {
  null: 0,
  boolean: 1,
  integer: 2,
  decimal: 3,
  date: 4,
  timestamp: 5,
  text: 6,
};

/** The narrowest type that holds for values of both: integer < decimal < text, date < timestamp < text, boolean < text. */
export function joinColumnTypes(a: ColumnType, b: ColumnType): ColumnType {
  if (a === b || b === 'null') return a;
  if (a === 'null') return b;
  const [low, high] = RANK[a] < RANK[b] ? [a, b] : [b, a];
  if (low === 'integer' && high === 'decimal') return 'decimal';
  if (low === 'date' && high === 'timestamp') return 'timestamp';
  return 'text';
}

/** Whether a value of type `actual` may stand in a column declared as `expected`. */
export function fitsColumnType(actual: ColumnType, expected: ColumnType): boolean {
  return joinColumnTypes(actual, expected) === expected;
}

const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;
const DOT = 0x2e;
const COLON = 0x3a;
const MAX_INTEGER_DIGITS = 18;

function number(bytes: Uint8Array, start: number, end: number): ColumnType {
  let i = bytes[start] === MINUS ? start + 1 : start;
  const whole = i;
  i = skipDigits(bytes, i, end);
  const digits = i - whole;
  if (digits === 0 || digits > MAX_INTEGER_DIGITS || (digits > 1 && bytes[whole] === ZERO)) return 'text';
  if (i === end) return 'integer';
  if (bytes[i] === DOT) {
    const fraction = i + 1;
    i = skipDigits(bytes, fraction, end);
    if (i === fraction) return 'text';
    if (i === end) return 'decimal';
  }
  if ((bytes[i]! | 0x20) !== 0x65) return 'text';
  i++;
  if (i < end && (bytes[i] === MINUS || bytes[i] === 0x2b)) i++;
  const exponent = i;
  i = skipDigits(bytes, exponent, end);
  return i === end && i > exponent && i - exponent <= 3 ? 'decimal' : 'text';
}

function skipDigits(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && bytes[i]! >= ZERO && bytes[i]! <= NINE) i++;
  return i;
}

const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function dateOrTimestamp(bytes: Uint8Array, start: number, end: number): ColumnType {
  const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2);
  const month = twoDigits(bytes, start + 5);
  const day = twoDigits(bytes, start + 8);
  const isDate =
    year >= 0 &&
    twoDigits(bytes, start) >= 0 &&
    twoDigits(bytes, start + 2) >= 0 &&
    bytes[start + 7] === MINUS &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= MONTH_DAYS[month - 1]! &&
    (month !== 2 || day < 29 || isLeap(year));
  if (!isDate) return 'text';
  if (end === start + 10) return 'date';
  return isTimeOfDay(bytes, start + 10, end) ? 'timestamp' : 'text';
}

function isTimeOfDay(bytes: Uint8Array, start: number, end: number): boolean {
  const separator = bytes[start];
  if ((separator !== 0x54 && separator !== 0x20) || end - start < 6) return false;
  if (!within(bytes, start + 1, 23) || bytes[start + 3] !== COLON || !within(bytes, start + 4, 59))
    return false;
  let i = start + 6;
  if (i < end && bytes[i] === COLON) {
    if (end - i < 3 || !within(bytes, i + 1, 59)) return false;
    i += 3;
    if (i < end && bytes[i] === DOT) {
      const fraction = i + 1;
      i = skipDigits(bytes, fraction, end);
      if (i === fraction || i - fraction > 9) return false;
    }
  }
  return i === end || isZone(bytes, i, end);
}

function isZone(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] === 0x5a) return end === start + 1;
  if (bytes[start] !== MINUS && bytes[start] !== 0x2b) return false;
  const minutes = end - start === 6 && bytes[start + 3] === COLON ? start + 4 : start + 3;
  return end === minutes + 2 && within(bytes, start + 1, 23) && within(bytes, minutes, 59);
}

function within(bytes: Uint8Array, at: number, max: number): boolean {
  const value = twoDigits(bytes, at);
  return value >= 0 && value <= max;
}

/** -1000 or less unless both bytes are digits. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - ZERO;
  const units = bytes[at + 1]! - ZERO;
  return tens >= 0 && tens <= 9 && units >= 0 && units <= 9 ? tens * 10 + units : -1000000;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

const BOOLEANS = ['true', 'True', 'TRUE', 'false', 'False', 'FALSE'];

function isBoolean(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length !== 4 && length !== 5) return false;
  return BOOLEANS.some((word) => {
    if (word.length !== length) return false;
    for (let i = 0; i < length; i++) if (bytes[start + i] !== word.charCodeAt(i)) return false;
    return true;
  });
}
