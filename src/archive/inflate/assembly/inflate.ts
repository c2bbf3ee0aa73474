import {
  buildDistances,
  buildFixed,
  buildLengths,
  buildLiterals,
  END_OF_BLOCK,
  MATCH,
  SPECIAL,
  SUB_TABLE,
} from './codes';
import {
  COMPOUND_TABLE,
  DISTANCE_BITS,
  DISTANCE_TABLE,
  HISTORY,
  LENGTHS,
  LENGTHS_BITS,
  LENGTHS_TABLE,
  LITERAL_BITS,
  MATCH_LENGTHS,
  ORDER,
  OUTPUT,
  OUTPUT_SIZE,
  RESULTS,
  SYMBOL_TABLE,
} from './layout';

// How a call ended.
/** All that can be decoded of the input was: give more behind what is left of it. */
export const NEEDS_INPUT: u32 = 0;
/** Take the output and call again. */
export const HAS_OUTPUT: u32 = 1;
/** The last block has ended; the input goes on at the next whole byte. */
export const ENDED: u32 = 2;
// The input is no deflate.
const BAD_BLOCK: u32 = 3;
const BAD_STORED: u32 = 4;
const TOO_MANY: u32 = 5;
const BAD_LENGTHS: u32 = 6;
const BAD_REPEAT: u32 = 7;
const NO_END: u32 = 8;
const BAD_LITERALS: u32 = 9;
const BAD_DISTANCES: u32 = 10;
const BAD_LITERAL: u32 = 11;
const BAD_DISTANCE: u32 = 12;
const TOO_FAR: u32 = 13;

const HEADER: u32 = 0;
const STORED: u32 = 1;
const CODED: u32 = 2;

/** The fast loop reads so many bytes at most in one round, whole words included. */
const FAST_INPUT: usize = 48;
/** What a look at a main table sees of the input. */
const MASK: u64 = (1 << LITERAL_BITS) - 1;
const DISTANCE_MASK: u64 = (1 << DISTANCE_BITS) - 1;

// What is carried from one call to the next: at most 7 bits, and where in which block.
/** The next bits of the input, the first of them lowest. */
let bits: u64 = 0;
/** How many of them there are. Inside the fast loop only its lowest six bits mean anything: shifts look at no others. */
let left: u64 = 0;
let state: u32 = HEADER;
let isLast: bool = false;
/** Of a stored block: bytes to come. */
let stored: u32 = 0;
/** Bytes before the output that are output, too. */
let history: usize = 0;
let position: usize = OUTPUT;

/** Before the first bytes of a stream. */
export function reset(): void {
  bits = 0;
  left = 0;
  state = HEADER;
  isLast = false;
  stored = 0;
  history = 0;
  position = OUTPUT;
}

// @ts-ignore: decorator
@inline
function finish(status: u32, input: usize, output: usize): void {
  store<u32>(RESULTS, status);
  store<u32>(RESULTS + 4, <u32>input);
  store<u32>(RESULTS + 8, <u32>output);
}

// @ts-ignore: decorator
@inline
function entryAt(table: usize, index: u64): u64 {
  return load<u32>(table + (<usize>index << 2));
}

// @ts-ignore: decorator
@inline
function lowest(value: u64, count: u64): u64 {
  return value & (((<u64>1) << count) - 1);
}

/** Copies a match. May write up to 31 bytes behind its end. */
// @ts-ignore: decorator
@inline
function copyMatch(to: usize, distance: usize, length: usize): void {
  const from = to - distance;
  const end = to + length;
  if (distance >= 16) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    if (length > 32) {
      let at = to + 32;
      let source = from + 32;
      do {
        v128.store(at, v128.load(source));
        at += 16;
        source += 16;
      } while (at < end);
    }
  } else if (distance == 1) {
    const all = i8x16.splat(<i8>load<u8>(from));
    let at = to;
    do {
      v128.store(at, all);
      at += 16;
    } while (at < end);
  } else if (distance >= 8) {
    let at = to;
    let source = from;
    do {
      store<u64>(at, load<u64>(source));
      at += 8;
      source += 8;
    } while (at < end);
  } else {
    // Of each word as many bytes are right as the match is far.
    let at = to;
    let source = from;
    do {
      store<u64>(at, load<u64>(source));
      at += distance;
      source += distance;
    } while (at < end);
  }
}

/**
 * Inflates the input from `input` to `end`, as far as there is room. `final`: none will follow.
 * A call that did not end with NEEDS_INPUT for want of room begins where the last one ended.
 */
export function inflate(input: usize, end: usize): void {
  let at = input;
  // The last bytes written are the next ones' history.
  if (position > OUTPUT) {
    const written = position - OUTPUT;
    history = min<usize>(HISTORY, history + written);
    memory.copy(OUTPUT - history, position - history, history);
  }
  let out = OUTPUT;
  let status: u32 = NEEDS_INPUT;
  const limit = OUTPUT + OUTPUT_SIZE;
  while (true) {
    if (state == HEADER) {
      if (isLast) {
        left = left & ~7;
        status = ENDED;
        break;
      }
      status = header(at, end);
      if (status != ENDED) break;
      at = load<u32>(RESULTS + 4);
    } else if (state == STORED) {
      // Whole bytes that were taken in already are still there.
      at -= <usize>(left >> 3);
      bits = 0;
      left = 0;
      const length = min<usize>(<usize>stored, min<usize>(end - at, limit - out));
      memory.copy(out, at, length);
      at += length;
      out += length;
      stored -= <u32>length;
      if (stored == 0) state = HEADER;
      else {
        status = out >= limit ? HAS_OUTPUT : NEEDS_INPUT;
        break;
      }
    } else {
      status = codes(at, end, out, limit);
      at = load<u32>(RESULTS + 4);
      out = load<u32>(RESULTS + 8);
      if (status != ENDED) break;
      state = HEADER;
    }
    if (out >= limit) {
      status = HAS_OUTPUT;
      break;
    }
  }
  at -= <usize>(left >> 3);
  left &= 7;
  bits &= (<u64>1 << left) - 1;
  position = out;
  finish(status, at, out);
}

/** Reads a block's header, or nothing of it. @returns ENDED when it is there */
function header(input: usize, end: usize): u32 {
  let at = input;
  let b = bits;
  let n = left;
  while (n < 56 && at < end) {
    b |= <u64>load<u8>(at++) << n;
    n += 8;
  }
  if (n < 3) return NEEDS_INPUT;
  const last = (b & 1) != 0;
  const type = (b >> 1) & 3;
  b >>= 3;
  n -= 3;
  if (type == 3) return BAD_BLOCK;
  if (type == 0) {
    b >>= n & 7;
    n &= ~7;
    if (n < 32) return NEEDS_INPUT;
    const length = <u32>b & 0xffff;
    if (length != ((<u32>(b >> 16) & 0xffff) ^ 0xffff)) return BAD_STORED;
    b >>= 32;
    n -= 32;
    stored = length;
    state = STORED;
  } else if (type == 1) {
    buildFixed();
    state = CODED;
  } else {
    if (n < 14) return NEEDS_INPUT;
    const literals = <u32>(b & 31) + 257;
    const distances = <u32>((b >> 5) & 31) + 1;
    const lengths = <u32>((b >> 10) & 15) + 4;
    b >>= 14;
    n -= 14;
    if (literals > 286 || distances > 30) return TOO_MANY;
    memory.fill(LENGTHS, 0, 19);
    for (let k: u32 = 0; k < lengths; k++) {
      while (n < 56 && at < end) {
        b |= <u64>load<u8>(at++) << n;
        n += 8;
      }
      if (n < 3) return NEEDS_INPUT;
      store<u8>(LENGTHS + load<u8>(ORDER + k), <u8>(b & 7));
      b >>= 3;
      n -= 3;
    }
    if (!buildLengths()) return BAD_LENGTHS;
    const count = literals + distances;
    let k: u32 = 0;
    while (k < count) {
      while (n < 56 && at < end) {
        b |= <u64>load<u8>(at++) << n;
        n += 8;
      }
      const entry = entryAt(LENGTHS_TABLE, b & ((1 << LENGTHS_BITS) - 1));
      const taken = entry & 63;
      if (taken > n) return NEEDS_INPUT;
      const symbol = <u32>(entry >> 16);
      if (symbol < 16) {
        b >>= taken;
        n -= taken;
        store<u8>(LENGTHS + k++, <u8>symbol);
        continue;
      }
      const extra: u64 = symbol == 16 ? 2 : symbol == 17 ? 3 : 7;
      if (taken + extra > n) return NEEDS_INPUT;
      b >>= taken;
      if (symbol == 16 && k == 0) return BAD_REPEAT;
      const value: u8 = symbol == 16 ? load<u8>(LENGTHS + k - 1) : 0;
      const times = <u32>lowest(b, extra) + (symbol == 18 ? 11 : 3);
      b >>= extra;
      n -= taken + extra;
      if (k + times > count) return BAD_REPEAT;
      memory.fill(LENGTHS + k, value, times);
      k += times;
    }
    if (load<u8>(LENGTHS + 256) == 0) return NO_END;
    if (!buildLiterals(literals)) return BAD_LITERALS;
    if (!buildDistances(LENGTHS + literals, distances)) return BAD_DISTANCES;
    state = CODED;
  }
  isLast = last;
  bits = b;
  left = n;
  store<u32>(RESULTS + 4, <u32>at);
  return ENDED;
}

/** Decodes symbols of a block. @returns ENDED after the last of them */
function codes(input: usize, end: usize, output: usize, limit: usize): u32 {
  let at = input;
  let out = output;
  let b = bits;
  let n = left;
  const floor = OUTPUT - history;
  let status: u32 = NEEDS_INPUT;
  while (true) {
    if (at + FAST_INPUT <= end && out < limit) {
      const fast = end - FAST_INPUT;
      b |= load<u64>(at) << n;
      at += 7 - (<usize>(n >> 3) & 7);
      n |= 56;
      let entry = entryAt(COMPOUND_TABLE, b & MASK);
      do {
        // At least 56 bits are there: those of an entry (16), of a distance (28) and of the next look (11).
        store<u16>(out, <u16>(entry >> 16));
        out += <usize>(entry >> 6) & 3;
        if ((entry & MATCH) == 0) {
          if ((entry & SPECIAL) == 0) {
            b >>= entry;
            n -= entry;
            entry = entryAt(COMPOUND_TABLE, b & MASK);
            b |= load<u64>(at) << n;
            at += 7 - (<usize>(n >> 3) & 7);
            n |= 56;
            continue;
          }
          if ((entry & SUB_TABLE) != SUB_TABLE) break;
          const sub = entryAt(SYMBOL_TABLE, (entry >> 16) + lowest(b >> LITERAL_BITS, (entry >> 8) & 15));
          if ((sub & SPECIAL) != 0) break;
          b >>= LITERAL_BITS;
          n -= LITERAL_BITS;
          b |= load<u64>(at) << n;
          at += 7 - (<usize>(n >> 3) & 7);
          n |= 56;
          entry = sub;
          if ((entry & MATCH) == 0) {
            store<u8>(out++, <u8>(entry >> 16));
            b >>= entry;
            n -= entry;
            entry = entryAt(COMPOUND_TABLE, b & MASK);
            b |= load<u64>(at) << n;
            at += 7 - (<usize>(n >> 3) & 7);
            n |= 56;
            continue;
          }
        }
        const match = <u64>load<u32>(MATCH_LENGTHS + (<usize>(entry >> 6) & 0x7c));
        const extra = match >> 16;
        const length = <usize>((match & 0xffff) + lowest(b >> ((entry & 63) - extra), extra));
        b >>= entry;
        n -= entry;
        let far = entryAt(DISTANCE_TABLE, b & DISTANCE_MASK);
        if ((far & SPECIAL) != 0) {
          if ((far & SUB_TABLE) != SUB_TABLE) {
            status = BAD_DISTANCE;
            break;
          }
          b >>= DISTANCE_BITS;
          n -= DISTANCE_BITS;
          far = entryAt(DISTANCE_TABLE, (far >> 16) + lowest(b, (far >> 8) & 15));
          if ((far & SPECIAL) != 0) {
            status = BAD_DISTANCE;
            break;
          }
        }
        const distance = <usize>((far >> 16) + (lowest(b, far) >> ((far >> 8) & 15)));
        b >>= far;
        n -= far;
        if (distance > out - floor) {
          status = TOO_FAR;
          break;
        }
        entry = entryAt(COMPOUND_TABLE, b & MASK);
        b |= load<u64>(at) << n;
        at += 7 - (<usize>(n >> 3) & 7);
        n |= 56;
        copyMatch(out, distance, length);
        out += length;
      } while (at <= fast && out < limit);
      if (status != NEEDS_INPUT) break;
      n &= 63;
      b = lowest(b, n);
    }
    // One symbol, and nothing of it where the input ends within it.
    if (out >= limit) {
      status = HAS_OUTPUT;
      break;
    }
    while (n < 56 && at < end) {
      b |= <u64>load<u8>(at++) << n;
      n += 8;
    }
    let entry = entryAt(SYMBOL_TABLE, b & MASK);
    let taken = entry & 63;
    if ((entry & SUB_TABLE) == SUB_TABLE) {
      if (n < LITERAL_BITS) break;
      entry = entryAt(SYMBOL_TABLE, (entry >> 16) + lowest(b >> LITERAL_BITS, (entry >> 8) & 15));
      taken = (entry & 63) + LITERAL_BITS;
    }
    if (taken > n) break;
    if ((entry & SPECIAL) != 0) {
      status = BAD_LITERAL;
      if ((entry & END_OF_BLOCK) == END_OF_BLOCK) {
        b >>= taken;
        n -= taken;
        status = ENDED;
      }
      break;
    }
    if ((entry & MATCH) == 0) {
      store<u8>(out++, <u8>(entry >> 16));
      b >>= taken;
      n -= taken;
      continue;
    }
    const match = <u64>load<u32>(MATCH_LENGTHS + (<usize>(entry >> 6) & 0x7c));
    const extra = match >> 16;
    const length = <usize>((match & 0xffff) + lowest(b >> (taken - extra), extra));
    const ahead = b >> taken;
    const rest = n - taken;
    let far = entryAt(DISTANCE_TABLE, ahead & DISTANCE_MASK);
    let need = far & 63;
    if ((far & SUB_TABLE) == SUB_TABLE) {
      if (rest < DISTANCE_BITS) break;
      far = entryAt(DISTANCE_TABLE, (far >> 16) + lowest(ahead >> DISTANCE_BITS, (far >> 8) & 15));
      need = (far & 63) + DISTANCE_BITS;
    }
    if (need > rest) break;
    if ((far & SPECIAL) != 0) {
      status = BAD_DISTANCE;
      break;
    }
    const farCode = need - (far & 63) + ((far >> 8) & 15);
    const distance = <usize>((far >> 16) + lowest(ahead >> farCode, need - farCode));
    if (distance > out - floor) {
      status = TOO_FAR;
      break;
    }
    b = ahead >> need;
    n = rest - need;
    copyMatch(out, distance, length);
    out += length;
  }
  bits = b;
  left = n & 63;
  store<u32>(RESULTS + 4, <u32>at);
  store<u32>(RESULTS + 8, <u32>out);
  return status;
}
