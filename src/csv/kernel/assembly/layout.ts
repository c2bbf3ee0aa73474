/**
 * The kernel's memory map. One instance serves many scans in turn: nothing here survives a call except what the host
 * writes before the next one, so a scan that is abandoned leaks nothing.
 */

/** Longest input one scan can look at. */
export const WINDOW: usize = 272 * 1024;
/** Longest input one rewrite can look at: positions in it are 16 bits wide. */
export const REWRITE_WINDOW: usize = 64 * 1024 - 128;
/** Positions in a batch are 15 bits wide: a row that does not end within this many bytes is the host's business. */
export const MAX_BATCH: usize = 30 * 1024;
/** The same where one more bit of a position is a flag. */
export const MAX_FLAGGED_BATCH: usize = 15 * 1024;
/** Most columns a member may have to be scanned here. */
export const MAX_COLUMNS: usize = 8192;
/** Bytes before and after each region that wide loads and stores may touch. */
const GUARD: usize = 256;

/**
 * 16 equal bytes each. The compiler would build such constants anew wherever they are used, three instructions each;
 * loading them is one.
 */
export const CONSTANTS: usize = 2048;
/** Constants of dates and timestamps. */
export const SHAPES: usize = 2560;
/** What is carried from one block to the next while quotes are about, u64 each. */
export const QUOTE_CARRIES: usize = 3072;
/** Rewriting: separators of one block. */
export const BLOCK_SEPARATORS: usize = 3200;
/** Per byte of a separator mask: 8 x u16, twice the positions of its set bits. */
export const POSITIONS: usize = 4096;
/** Per byte of a separator mask: 8 x 2 x u8, for each of its set bits that bit, twice. */
export const SELECTORS: usize = POSITIONS + 4096;
/** u8 per pair of types: the narrowest type that holds both, at 8 * a + b. */
export const JOIN: usize = SELECTORS + 4096 + GUARD;
/** Results of the last call, u32 each. */
export const RESULTS: usize = JOIN + 64 + GUARD;
/** Null tokens: u32 count, then per token u8 length and up to 31 bytes. */
export const TOKENS: usize = RESULTS + GUARD;
export const MAX_TOKENS: usize = 32;

/** Input bytes, starting at a row start. */
export const INPUT: usize = TOKENS + 16 + MAX_TOKENS * 32 + GUARD;
/**
 * u16 per unquoted separator: where the next field starts. Rewriting: counted from INPUT. Scanning: from the start of the
 * batch, in bits 1-15; where numbers are looked for, in bits 1-14, bit 0 says that the field that ends there is empty or
 * an integer, bit 15 that it is empty or a number.
 */
export const INDEX: usize = INPUT + WINDOW + GUARD * 2;
/** Where numbers are looked for, per block: u64 separators; and 8 x (integers, numbers), u8 each. */
export const SEPARATOR_MASKS: usize = INDEX + REWRITE_WINDOW * 2 + GUARD * 2;
export const NUMBER_MASKS: usize = SEPARATOR_MASKS + MAX_FLAGGED_BATCH / 8 + GUARD;
/** u32 ordinal of empty fields of the batch: quoted ones, and all of them where there is no index. */
export const EMPTIES: usize = NUMBER_MASKS + MAX_FLAGGED_BATCH / 4 + GUARD;

/** Input bytes before the carriage returns of its line ends are dropped. */
export const RAW: usize = EMPTIES + MAX_BATCH * 4 + GUARD;

/** u8 per column: the type so far. Read and updated by a scan. */
export const TYPES: usize = RAW + WINDOW + GUARD * 2;
/** u8 per column: bit t says a value of type t may stand there. A row with another is the host's business. */
export const ALLOWED: usize = TYPES + MAX_COLUMNS + GUARD;
/** u32 per column: nulls, added to by a scan. */
export const NULLS: usize = ALLOWED + MAX_COLUMNS + GUARD;
/** Of the current batch, committed together with its rows. */
export const BATCH_TYPES: usize = NULLS + MAX_COLUMNS * 4 + GUARD;
export const BATCH_NULLS: usize = BATCH_TYPES + MAX_COLUMNS + GUARD;
/** u16 per column of the batch: its fields' index entries, ANDed (only the flags mean anything). */
export const BATCH_FLAGS: usize = BATCH_NULLS + MAX_COLUMNS * 4 + GUARD;
/** u16 per column of the batch: the length of its longest field, plus 1. */
export const BATCH_LONGEST: usize = BATCH_FLAGS + MAX_COLUMNS * 2 + GUARD;

/** Rewriting: pairs of u16, the steps that make an output row. */
export const STEPS: usize = BATCH_LONGEST + MAX_COLUMNS * 2 + GUARD;
/** Rewriting: output bytes. */
// Not at the same place in a page as the input: a store there would hold up the loads that follow it.
export const OUTPUT: usize = ((STEPS + MAX_COLUMNS * 4 + GUARD - INPUT + 4095) & ~4095) + INPUT + 2048;
export const OUTPUT_SIZE: usize = 128 * 1024;
export const END: usize = OUTPUT + OUTPUT_SIZE + GUARD;
