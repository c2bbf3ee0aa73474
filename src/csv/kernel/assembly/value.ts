import { dateOrTimestamp } from './time';

/** The order is that of the host's type codes. */
export const NULL: u32 = 0;
export const BOOLEAN: u32 = 1;
export const INTEGER: u32 = 2;
export const DECIMAL: u32 = 3;
export const DATE: u32 = 4;
export const TIMESTAMP: u32 = 5;
export const TEXT: u32 = 6;

const MINUS: u32 = 0x2d;
const MAX_INTEGER_DIGITS: usize = 18;

// @ts-ignore: decorator
@inline
export function digit(at: usize): u32 {
  return <u32>load<u8>(at) - 0x30;
}

export function skipDigits(at: usize, end: usize): usize {
  while (at < end && digit(at) < 10) at++;
  return at;
}

/** The type of one value that is not empty, as `column-type.ts` defines it. */
export function typeOfValue(start: usize, end: usize): u32 {
  const first = <u32>load<u8>(start);
  if (first == MINUS || first - 0x30 < 10) {
    if (end - start >= 10 && load<u8>(start, 4) == MINUS) return dateOrTimestamp(start, end);
    return number(start, end);
  }
  return isBoolean(start, end) ? BOOLEAN : TEXT;
}

function number(start: usize, end: usize): u32 {
  const whole = load<u8>(start) == MINUS ? start + 1 : start;
  let at = skipDigits(whole, end);
  const digits = at - whole;
  if (digits == 0 || digits > MAX_INTEGER_DIGITS || (digits > 1 && load<u8>(whole) == 0x30)) return TEXT;
  if (at == end) return INTEGER;
  if (load<u8>(at) == 0x2e) {
    const fraction = at + 1;
    at = skipDigits(fraction, end);
    if (at == fraction) return TEXT;
    if (at == end) return DECIMAL;
  }
  if ((load<u8>(at) | 0x20) != 0x65) return TEXT;
  at++;
  if (at < end && (load<u8>(at) == MINUS || load<u8>(at) == 0x2b)) at++;
  const exponent = at;
  at = skipDigits(exponent, end);
  return at == end && at > exponent && at - exponent <= 3 ? DECIMAL : TEXT;
}

function isBoolean(start: usize, end: usize): bool {
  const length = end - start;
  if (length == 4) {
    const word = load<u32>(start);
    return word == 0x65757274 || word == 0x65757254 || word == 0x45555254;
  }
  if (length != 5) return false;
  const word = load<u32>(start);
  const last = load<u8>(start, 4);
  return last == 0x65 ? word == 0x736c6166 || word == 0x736c6146 : last == 0x45 && word == 0x534c4146;
}
