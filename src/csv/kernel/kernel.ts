import type { ColumnType } from '../../ingest/manifest.js';
import { type WasmExports, WasmModule } from '../../wasm-module.js';
import { joinColumnTypes } from '../column-type.js';

/** Type codes of the kernel: the index is the code (`assembly/value.ts`). */
export const TYPE_BY_CODE: readonly ColumnType[] = [
  'null',
  'boolean',
  'integer',
  'decimal',
  'date',
  'timestamp',
  'text',
];

/** How a call ended; the first word of its results. */
export const Status = {
  /** All whole rows of the input were dealt with. */
  done: 0,
  /** Scan: the next row is the caller's. Rewrite: the output is full. */
  odd: 1,
  full: 1,
  /** Rewrite: the next row does not have the fields it should. */
  broken: 2,
} as const;

/** Addresses the kernel exports, see `assembly/layout.ts`. */
const ADDRESSES = [
  'ALLOWED',
  'INPUT',
  'JOIN',
  'MAX_BATCH',
  'MAX_COLUMNS',
  'MAX_TOKENS',
  'NULLS',
  'OUTPUT',
  'OUTPUT_SIZE',
  'RAW',
  'RESULTS',
  'REWRITE_WINDOW',
  'STEPS',
  'TOKENS',
  'TYPES',
  'WINDOW',
] as const;

interface KernelExports extends WasmExports {
  prepare(): void;
  dropReturns(length: number): void;
  scan(length: number, columns: number, types: boolean): void;
  rewrite(length: number, columns: number, steps: number, growth: number): void;
}

const MODULE = new WasmModule<KernelExports, (typeof ADDRESSES)[number]>(
  new URL('./kernel.wasm', import.meta.url),
  ADDRESSES,
);

/** The WebAssembly instance of this thread and its memory. Its memory holds nothing between calls. */
export class Kernel {
  readonly bytes: Uint8Array;
  readonly halves: Uint16Array;
  readonly words: Uint32Array;
  readonly at: Readonly<Record<(typeof ADDRESSES)[number], number>>;
  readonly #exports: KernelExports;

  constructor() {
    const { exports, at } = MODULE.instantiate();
    this.#exports = exports;
    this.at = at;
    this.bytes = new Uint8Array(exports.memory.buffer);
    this.halves = new Uint16Array(exports.memory.buffer);
    this.words = new Uint32Array(exports.memory.buffer);
    this.#exports.prepare();
    for (const [a, first] of TYPE_BY_CODE.entries()) {
      for (const [b, second] of TYPE_BY_CODE.entries()) {
        this.bytes[this.at.JOIN + 8 * a + b] = TYPE_BY_CODE.indexOf(joinColumnTypes(first, second));
      }
    }
  }

  /** Moves RAW to INPUT without the carriage returns of CRLFs; the bytes it then has. */
  dropReturns(length: number): number {
    this.#exports.dropReturns(length);
    return this.result(0);
  }

  /** Results: status, bytes consumed, rows, lines. */
  scan(length: number, columns: number, types: boolean): void {
    this.#exports.scan(length, columns, types);
  }

  /** Results: status, bytes consumed, bytes written, rows. */
  rewrite(length: number, columns: number, steps: number, growth: number): void {
    this.#exports.rewrite(length, columns, steps, growth);
  }

  /** Word `index` of the results of the last call. */
  result(index: number): number {
    return this.words[(this.at.RESULTS >> 2) + index]!;
  }
}

let instance: Kernel | undefined;

/** @throws when the package was built without its kernel */
export function kernel(): Kernel {
  instance ??= new Kernel();
  return instance;
}
