import type { ColumnType } from '../../ingest/manifest.js';
import { asBuffer } from '../as-buffer.js';
import type { BulkRows, BulkRowsOptions, CreateBulkRows } from '../bulk-rows.js';
import { fitsColumnType } from '../column-type.js';
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
    const end = window.byteLength;
    this.rows = 0;
    this.lines = 0;
    if (this.#skip > 0) {
      this.#skip--;
      return 0;
    }
    // A row that is only a ^Z is odd where there is one column; elsewhere it is short.
    if (this.#columns === 1 && asBuffer(window).includes(CTRL_Z, at)) return 0;
    this.#load();
    const from = at;
    const { bytes, at: addresses } = this.#kernel;
    let status: number = Status.done;
    while (at < end && status === Status.done) {
      const length = Math.min(end - at, addresses.WINDOW);
      bytes.set(window.subarray(at, at + length), addresses.INPUT);
      this.#kernel.scan(length, this.#columns, true);
      status = this.#kernel.result(0);
      const taken = this.#kernel.result(1);
      this.rows += this.#kernel.result(2);
      this.lines += this.#kernel.result(3);
      at += taken;
      if (taken === 0) break;
    }
    this.#store();
    if (status === Status.odd && at - from < WORTHWHILE) {
      this.#pause = Math.min(MAX_PAUSE, this.#pause * 2 + 1);
      this.#skip = this.#pause;
    } else this.#pause = 0;
    return at - from;
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
