import { type WasmExports, WasmModule } from '../../wasm-module.js';

/** How a call ended: what `assembly/inflate.ts` says, by its number. */
export const Inflated = { needsInput: 0, hasOutput: 1, ended: 2 } as const;

/** What is wrong with the bytes, in zlib's words; the first of them is number 3. */
const FAULTS = [
  'invalid block type',
  'invalid stored block lengths',
  'too many length or distance symbols',
  'invalid code lengths set',
  'invalid bit length repeat',
  'invalid code -- missing end-of-block',
  'invalid literal/lengths set',
  'invalid distances set',
  'invalid literal/length code',
  'invalid distance code',
  'invalid distance too far back',
];

const ADDRESSES = ['INPUT', 'INPUT_SIZE', 'OUTPUT', 'RESULTS'] as const;

interface InflateExports extends WasmExports {
  prepare(): void;
  reset(): void;
  inflate(from: number, to: number): void;
}

const MODULE = new WasmModule<InflateExports, (typeof ADDRESSES)[number]>(
  new URL('./inflate.wasm', import.meta.url),
  ADDRESSES,
);

/** Inflates one stream at a time: between calls its memory holds the stream's last 32 KiB. */
export class InflateKernel {
  readonly inputBytes: number;
  readonly #memory: Buffer;
  readonly #results: Uint32Array;
  readonly #input: number;
  readonly #output: number;
  readonly #exports: InflateExports;
  /** Addresses of the input not yet consumed. */
  #from: number;
  #to: number;

  constructor() {
    const { exports, at } = MODULE.instantiate();
    this.#exports = exports;
    this.#memory = Buffer.from(exports.memory.buffer);
    this.#results = new Uint32Array(exports.memory.buffer, at.RESULTS, 3);
    this.#input = at.INPUT;
    this.#output = at.OUTPUT;
    this.inputBytes = at.INPUT_SIZE;
    this.#from = this.#input;
    this.#to = this.#input;
    exports.prepare();
  }

  /** The input not yet consumed; valid until the next `feed`. */
  get input(): Buffer {
    return this.#memory.subarray(this.#from, this.#to);
  }

  /** Forgets the stream; the input stays. */
  reset(): void {
    this.#exports.reset();
  }

  /** Appends to the input as much as there is room for. @returns how many bytes that was */
  feed(bytes: Uint8Array): number {
    this.#memory.copyWithin(this.#input, this.#from, this.#to);
    this.#to -= this.#from - this.#input;
    this.#from = this.#input;
    const taken = Math.min(bytes.byteLength, this.#input + this.inputBytes - this.#to);
    this.#memory.set(taken < bytes.byteLength ? bytes.subarray(0, taken) : bytes, this.#to);
    this.#to += taken;
    return taken;
  }

  /** Passes over input that is no deflate. */
  skip(bytes: number): void {
    this.#from += bytes;
  }

  /** Inflates what it can of the input, as far as there is room. The output is valid until the next call. */
  inflate(): { status: number; output: Buffer } {
    this.#exports.inflate(this.#from, this.#to);
    this.#from = this.#results[1]!;
    return { status: this.#results[0]!, output: this.#memory.subarray(this.#output, this.#results[2]!) };
  }

  /** What a status says that is none of `Inflated`. */
  static fault(status: number): string {
    return FAULTS[status - Inflated.ended - 1]!;
  }
}
