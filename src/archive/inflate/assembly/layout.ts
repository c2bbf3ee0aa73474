/** The inflating kernel's memory map. Addresses are bytes. */

/** Main tables have an entry for every so many bits; longer codes go on in a sub-table. */
export const LITERAL_BITS: usize = 11;
export const DISTANCE_BITS: usize = 8;
export const LENGTHS_BITS: usize = 7;

/** How far back a match may reach (RFC 1951). */
export const HISTORY: usize = 32 * 1024;
/** Output of one call; a call ends with the symbol that reaches it. */
export const OUTPUT_SIZE: usize = 256 * 1024;
/** What the last symbol of a call may write beyond, and wide copies beyond that. */
const OVERSHOOT: usize = 512;

/** Results of the last call, u32 each: status, address after the input consumed, address after the output. */
export const RESULTS: usize = 1024;
/** Symbols of each length, u32 by length; then where the symbols of each length begin. */
export const COUNTS: usize = 1280;
export const STARTS: usize = 1408;
/** u16: symbols, the shortest codes first. */
export const SORTED: usize = 1536;
/** u8: code lengths of a dynamic block; those of literals and lengths, then those of distances. */
export const LENGTHS: usize = 2304;
/** u32 by symbol: what an entry says besides the length of its code. */
export const LITERAL_SYMBOLS: usize = 2816;
export const DISTANCE_SYMBOLS: usize = LITERAL_SYMBOLS + 288 * 4;
export const LENGTHS_SYMBOLS: usize = DISTANCE_SYMBOLS + 32 * 4;
/** u8: in which order the lengths of the code for lengths come. */
export const ORDER: usize = LENGTHS_SYMBOLS + 32 * 4;
/** u32 by index of a match length: its base, and in bits 16 and up its extra bits. */
export const MATCH_LENGTHS: usize = (ORDER + 32 + 63) & ~63;
/**
 * u32 entries, see `codes.ts`. With main tables of these sizes no code makes more than 2342, 402 and 128 of them, its
 * sub-tables included (`enough 288 11 15`, `enough 32 8 15` and `enough 19 7 7` of zlib's examples/enough.c).
 */
export const SYMBOL_TABLE: usize = MATCH_LENGTHS + 32 * 4;
export const DISTANCE_TABLE: usize = SYMBOL_TABLE + 2342 * 4;
export const LENGTHS_TABLE: usize = DISTANCE_TABLE + 402 * 4;
/** The main table of SYMBOL_TABLE, with several symbols to an entry where they fit. */
export const COMPOUND_TABLE: usize = (LENGTHS_TABLE + 128 * 4 + 63) & ~63;

/** Compressed bytes. */
export const INPUT: usize = (COMPOUND_TABLE + (4 << LITERAL_BITS) + 4095) & ~4095;
export const INPUT_SIZE: usize = 66 * 1024;
/** What was put out before, as far as matches may refer to it, lies right before the output. */
export const OUTPUT: usize = INPUT + INPUT_SIZE + HISTORY;
export const END: usize = OUTPUT + OUTPUT_SIZE + OVERSHOOT;
