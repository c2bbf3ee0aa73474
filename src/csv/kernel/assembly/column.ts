import { DATE, DECIMAL, INTEGER, NULL, TEXT, TIMESTAMP, typeOfValue } from './value';
import { ALLOWED, BATCH_FLAGS, BATCH_LONGEST, BATCH_NULLS, BATCH_TYPES, INDEX, JOIN, TOKENS, TYPES } from './layout';
import { next } from './masks';
import { isDate, isTimestamp } from './time';

const QUOTE: u32 = 0x22;
/** Fields with a flag and at most this many bytes are what the flag says; of longer ones digits must be counted. */
const SURE_LENGTH: u32 = 18;
const ANY: u32 = 0xff;

/** Whether values of the column still have to be looked at. */
// @ts-ignore: decorator
@inline
export function isOpen(column: u32): bool {
  return load<u8>(TYPES + column) != TEXT || load<u8>(ALLOWED + column) != ANY;
}

/** Whether the value is a null token. TOKENS: u32 count, u32 bitmap of lengths, then 32 bytes each: length, bytes. */
function isToken(start: usize, end: usize): bool {
  const length = <u32>(end - start);
  if (length > 31 || ((load<u32>(TOKENS, 4) >> length) & 1) == 0) return false;
  const count = load<u32>(TOKENS);
  for (let token: u32 = 0; token < count; token++) {
    const at = TOKENS + 8 + (token << 5);
    if (load<u8>(at) != length) continue;
    let same: u32 = 0;
    while (same < length && load<u8>(at + same, 1) == load<u8>(start + same)) same++;
    if (same == length) return true;
  }
  return false;
}

/** Adds the column's null tokens to BATCH_NULLS; how many there were. */
function countTokens(column: u32, from: usize, rows: u32, columns: u32, mask: u32): u32 {
  let count: u32 = 0;
  let entry = INDEX + (<usize>column << 1);
  for (let row: u32 = 0; row < rows; row++) {
    let start = from + next(entry - 2, mask);
    let end = from + next(entry, mask) - 1;
    if (start < end && load<u8>(start) == QUOTE) {
      start++;
      end--;
    }
    count += <u32>(start < end && isToken(start, end));
    entry += <usize>columns << 1;
  }
  const nulls = BATCH_NULLS + (column << 2);
  store<u32>(nulls, load<u32>(nulls) + count);
  return count;
}

/**
 * The type of one column over the rows of a batch, to BATCH_TYPES. Returns the first row with a value the column does
 * not allow, or `rows`. BATCH_NULLS must hold the column's empty fields.
 */
export function foldColumn(column: u32, from: usize, rows: u32, columns: u32, mask: u32, numbers: bool): u32 {
  const type = <u32>load<u8>(TYPES + column);
  const allowed = <u32>load<u8>(ALLOWED + column);
  store<u8>(BATCH_TYPES + column, <u8>type);
  const tokens = load<u32>(TOKENS) != 0 ? countTokens(column, from, rows, columns, mask) : 0;
  if (!isOpen(column) || load<u32>(BATCH_NULLS + (column << 2)) == rows) return rows;

  // What the flags settle for all rows at once.
  let flag: u32 = 0;
  let flagged = NULL;
  if (numbers && tokens == 0 && (type == NULL || type == INTEGER || type == DECIMAL)) {
    const all = <u32>load<u16>(BATCH_FLAGS + (column << 1));
    if (type != DECIMAL && (all & 1) != 0 && (allowed & (1 << INTEGER)) != 0) {
      flag = 1;
      flagged = INTEGER;
    } else if ((all & 0x8000) != 0 && (allowed & (1 << DECIMAL)) != 0 && (allowed & (1 << INTEGER)) != 0) {
      flag = 2;
      flagged = DECIMAL;
    }
    if (flag != 0 && load<u16>(BATCH_LONGEST + (column << 1)) <= <u16>((SURE_LENGTH + 1) << 1)) {
      store<u8>(BATCH_TYPES + column, <u8>flagged);
      return rows;
    }
  }

  let joined = flag != 0 ? flagged : type;
  // What is tried first of a value; a column may hold what it does not allow.
  let quick = ((allowed >> joined) & 1) != 0 ? joined : NULL;
  let entry = INDEX + (<usize>column << 1);
  const stride = <usize>columns << 1;
  for (let row: u32 = 0; row < rows; row++, entry += stride) {
    let start = from + next(entry - 2, mask);
    let end = from + next(entry, mask) - 1;
    if (start == end) continue;
    if (flag != 0 && end - start <= SURE_LENGTH) continue;
    if (quick == TIMESTAMP && isTimestamp(start, end)) continue;
    if (quick == DATE && isDate(start, end)) continue;
    if (load<u8>(start) == QUOTE) {
      start++;
      end--;
      if (start == end) continue;
    }
    if (tokens != 0 && isToken(start, end)) continue;
    const value = typeOfValue(start, end);
    if ((allowed & (1 << value)) == 0) return row;
    joined = <u32>load<u8>(JOIN + (joined << 3) + value);
    quick = ((allowed >> joined) & 1) != 0 ? joined : NULL;
    if (joined == TEXT && allowed == ANY) break;
  }
  store<u8>(BATCH_TYPES + column, <u8>joined);
  return rows;
}
