import type { ColumnType } from '../../ingest/manifest.js';
import { asBuffer } from '../as-buffer.js';
import type { BulkRows, BulkRowsOptions, CreateBulkRows } from '../bulk-rows.js';
import { fitsColumnType } from '../column-type.js';
import { CR, LF } from '../csv-dialect.js';
import { type Kernel, kernel, Status, TYPE_BY_CODE } from './kernel.js';

const MAX_TOKEN_BYTES = 31;
const CTRL_Z = 0x1a;
const ANY_TYPE = 0xff;
/** A call that takes less than this was hardly worth it. */
const WORTHWHILE = 512;
const MAX_PAUSE = 256;

type Profile = Parameters<CreateBulkRows>[0];

const CODE = Object.fromEntries(TYPE_BY_CODE.map((type, code) => [type, code])) as Record<ColumnType, number>;

export const createKernelRows: CreateBulkRows = (profile, options) => {
  const { at } = kernel();
  const { names, nullTokens, limits } = options;
  if (names.length > at.MAX_COLUMNS || limits.recordBytes < at.MAX_BATCH) return undefined;
  if (nullTokens.length > at.MAX_TOKENS) return undefined;
  if (nullTokens.some((token) => token.length > MAX_TOKEN_BYTES)) return undefined;
  return new KernelRows(kernel(), profile, options);
};

class KernelRows implements BulkRows {
  rows = 0;
  lines = 0;
  rewritten: Uint8Array | undefined;
  #spare = new Uint8Array(0);
  readonly #kernel: Kernel;
  readonly #profile: Profile;
  readonly #columns: number;
  readonly #allowed: Uint8Array;
  readonly #tokens: Uint8Array;
  /** `profile.types` as codes, as of when they were last compared. */
  readonly #codes: Uint8Array;
  readonly #known: ColumnType[];
  /** Where odd rows are frequent, so many of them are left to the scan before the kernel looks again. */
  #pause = 0;
  #skip = 0;

  constructor(instance: Kernel, profile: Profile, { names, types, nullTokens }: BulkRowsOptions) {
    this.#kernel = instance;
    this.#profile = profile;
    this.#columns = profile.types.length;
    this.#allowed = new Uint8Array(this.#columns).fill(ANY_TYPE);
    for (const [column, name] of names.entries()) {
      const expected = Object.hasOwn(types, name) ? types[name] : undefined;
      if (expected !== undefined && expected !== 'text') this.#allowed[column] = typesWithin(expected);
    }
    this.#tokens = encodeTokens(nullTokens);
    this.#codes = new Uint8Array(this.#columns);
    this.#known = new Array<ColumnType>(this.#columns).fill('null');
  }

  take(window: Uint8Array, at: number): number {
    this.rows = 0;
    this.lines = 0;
    this.rewritten = undefined;
    if (this.#skip > 0) {
      this.#skip--;
      return 0;
    }
    // A row that is only a ^Z is odd where there is one column; elsewhere it is short.
    if (this.#columns === 1 && asBuffer(window).includes(CTRL_Z, at)) return 0;
    this.#load();
    const taken = endsWithReturn(window, at) ? this.#takeWithReturns(window, at) : this.#takeAsIs(window, at);
    this.#store();
    if (taken < WORTHWHILE && this.#kernel.result(0) === Status.odd) {
      this.#pause = Math.min(MAX_PAUSE, this.#pause * 2 + 1);
      this.#skip = this.#pause;
    } else this.#pause = 0;
    return taken;
  }

  #takeAsIs(window: Uint8Array, from: number): number {
    const { bytes, at: addresses } = this.#kernel;
    let at = from;
    while (at < window.byteLength) {
      const length = Math.min(window.byteLength - at, addresses.WINDOW);
      bytes.set(window.subarray(at, at + length), addresses.INPUT);
      const taken = this.#scan(length);
      at += taken;
      if (taken === 0 || this.#kernel.result(0) === Status.odd) break;
    }
    return at - from;
  }

  /** Rows that end with CRLF: once without their CRs, they are like any others. */
  #takeWithReturns(window: Uint8Array, at: number): number {
    const { bytes, at: addresses } = this.#kernel;
    const length = Math.min(window.byteLength - at, addresses.WINDOW);
    bytes.set(window.subarray(at, at + length), addresses.RAW);
    const taken = this.#scan(this.#kernel.dropReturns(length));
    if (taken > this.#spare.length) this.#spare = new Uint8Array(2 * taken);
    this.#spare.set(bytes.subarray(addresses.INPUT, addresses.INPUT + taken));
    this.rewritten = this.#spare.subarray(0, taken);
    return taken + this.rows;
  }

  /** Scans what is in INPUT. @returns the bytes taken */
  #scan(length: number): number {
    this.#kernel.scan(length, this.#columns, true);
    this.rows += this.#kernel.result(2);
    this.lines += this.#kernel.result(3);
    return this.#kernel.result(1);
  }

  #load(): void {
    const { bytes, at } = this.#kernel;
    const { types } = this.#profile;
    for (let column = 0; column < this.#columns; column++) {
      const type = types[column]!;
      if (type === this.#known[column]) continue;
      this.#known[column] = type;
      this.#codes[column] = CODE[type];
    }
    bytes.set(this.#codes, at.TYPES);
    bytes.set(this.#allowed, at.ALLOWED);
    bytes.set(this.#tokens, at.TOKENS);
    bytes.fill(0, at.NULLS, at.NULLS + 4 * this.#columns);
  }

  #store(): void {
    const { bytes, words, at } = this.#kernel;
    const { types, nulls } = this.#profile;
    for (let column = 0; column < this.#columns; column++) {
      nulls[column]! += words[(at.NULLS >> 2) + column]!;
      const code = bytes[at.TYPES + column]!;
      if (code === this.#codes[column]) continue;
      this.#codes[column] = code;
      types[column] = TYPE_BY_CODE[code]!;
      this.#known[column] = types[column]!;
    }
  }
}

/** Whether the line at `at` ends with CRLF. */
function endsWithReturn(window: Uint8Array, at: number): boolean {
  const feed = asBuffer(window).indexOf(LF, at);
  return feed > at && window[feed - 1] === CR;
}

/** One bit per type a value may have in a column of this type. */
function typesWithin(expected: ColumnType): number {
  let allowed = 0;
  for (const [code, type] of TYPE_BY_CODE.entries()) {
    if (fitsColumnType(type, expected)) allowed |= 1 << code;
  }
  return allowed;
}

/** u32 count, u32 bitmap of lengths, then 32 bytes a token: its length and its bytes. */
function encodeTokens(tokens: readonly Uint8Array[]): Uint8Array {
  const encoded = new Uint8Array(8 + 32 * tokens.length);
  const view = new DataView(encoded.buffer);
  view.setUint32(0, tokens.length, true);
  for (const [index, token] of tokens.entries()) {
    view.setUint32(4, (view.getUint32(4, true) | (1 << token.length)) >>> 0, true);
    encoded[8 + 32 * index] = token.length;
    encoded.set(token, 8 + 32 * index + 1);
  }
  return encoded;
}
