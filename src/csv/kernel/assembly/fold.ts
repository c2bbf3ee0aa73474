import { BATCH_FLAGS, BATCH_LONGEST, BATCH_NULLS, EMPTIES, INDEX, RESULTS } from './layout';
import { BATCH_EMPTIES_END } from './batch';

const LANES: u32 = 16;

/**
 * Brings `rows` rows of `columns` fields together, 16 columns at a time: their flags ANDed, their empty fields counted,
 * the longest of them. `first` is the ordinal of the first field, `mask` takes the flags away; results go to the given places.
 */
function foldRows(
  first: usize,
  columns: u32,
  rows: u32,
  mask: u32,
  flags: usize,
  nulls: usize,
  longest: usize,
): void {
  const two = i16x8.splat(2);
  const positions = i16x8.splat(<i16>mask);
  const stride = <usize>columns << 1;
  for (let block: u32 = 0; block < columns; block += LANES) {
    let allLow = i8x16.splat(-1);
    let allHigh = i8x16.splat(-1);
    let nullsLow = i16x8.splat(0);
    let nullsHigh = i16x8.splat(0);
    let longestLow = i16x8.splat(0);
    let longestHigh = i16x8.splat(0);
    let entry = INDEX + ((first + <usize>block) << 1);
    const end = entry + <usize>rows * stride;
    while (entry < end) {
      const entriesLow = v128.load(entry);
      const entriesHigh = v128.load(entry, 16);
      // Starts of the next fields minus starts of these: 1 (doubled) where nothing stands between.
      const low = i16x8.sub(v128.and(entriesLow, positions), v128.and(v128.load(entry - 2), positions));
      const high = i16x8.sub(v128.and(entriesHigh, positions), v128.and(v128.load(entry + 14), positions));
      allLow = v128.and(allLow, entriesLow);
      allHigh = v128.and(allHigh, entriesHigh);
      nullsLow = i16x8.sub(nullsLow, i16x8.eq(low, two));
      nullsHigh = i16x8.sub(nullsHigh, i16x8.eq(high, two));
      longestLow = i16x8.max_u(longestLow, low);
      longestHigh = i16x8.max_u(longestHigh, high);
      entry += stride;
    }
    v128.store(flags + (<usize>block << 1), allLow);
    v128.store(flags + (<usize>block << 1), allHigh, 16);
    v128.store(longest + (<usize>block << 1), longestLow);
    v128.store(longest + (<usize>block << 1), longestHigh, 16);
    const to = nulls + (<usize>block << 2);
    v128.store(to, i32x4.extend_low_i16x8_u(nullsLow));
    v128.store(to, i32x4.extend_high_i16x8_u(nullsLow), 16);
    v128.store(to, i32x4.extend_low_i16x8_u(nullsHigh), 32);
    v128.store(to, i32x4.extend_high_i16x8_u(nullsHigh), 48);
  }
}

/** Fills BATCH_FLAGS, BATCH_NULLS and BATCH_LONGEST from the index of a batch. */
export function foldBatch(columns: u32, rows: u32, mask: u32): void {
  // Few columns would leave lanes idle: several rows side by side are taken as one row.
  const together = columns * 2 <= LANES ? LANES / columns : 1;
  const tall = rows / together;
  if (together == 1 || tall == 0) {
    foldRows(0, columns, rows, mask, BATCH_FLAGS, BATCH_NULLS, BATCH_LONGEST);
    if (together == 1) return;
  } else {
    const wide = columns * together;
    foldRows(0, wide, tall, mask, BATCH_FLAGS, BATCH_NULLS, BATCH_LONGEST);
    for (let lane = columns; lane < wide; lane++) mergeLane(lane % columns, lane);
    const rest = rows - tall * together;
    if (rest != 0) {
      const at: u32 = LANES;
      foldRows(
        <usize>(tall * wide),
        columns,
        rest,
        mask,
        BATCH_FLAGS + (at << 1),
        BATCH_NULLS + (at << 2),
        BATCH_LONGEST + (at << 1),
      );
      for (let lane: u32 = 0; lane < columns; lane++) mergeLane(lane, lane + at);
    }
  }
}

function mergeLane(into: u32, from: u32): void {
  const flags = BATCH_FLAGS + (into << 1);
  store<u16>(flags, load<u16>(flags) & load<u16>(BATCH_FLAGS + (from << 1)));
  const nulls = BATCH_NULLS + (into << 2);
  store<u32>(nulls, load<u32>(nulls) + load<u32>(BATCH_NULLS + (from << 2)));
  const longest = BATCH_LONGEST + (into << 1);
  store<u16>(longest, max(load<u16>(longest), load<u16>(BATCH_LONGEST + (from << 1))));
}

/** Adds the listed empty fields of the first `rows` rows to BATCH_NULLS. */
export function countListed(columns: u32, rows: u32): void {
  const end = <usize>load<u32>(RESULTS, BATCH_EMPTIES_END);
  const limit = rows * columns;
  let rowStart: u32 = 0;
  for (let at = EMPTIES; at < end; at += 4) {
    const ordinal = load<u32>(at);
    if (ordinal >= limit) break;
    while (ordinal - rowStart >= columns) rowStart += columns;
    const slot = BATCH_NULLS + ((ordinal - rowStart) << 2);
    store<u32>(slot, load<u32>(slot) + 1);
  }
}
