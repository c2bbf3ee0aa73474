import { readFileSync } from 'node:fs';

/** The part of the platform's WebAssembly used here; Node's own types leave it to the DOM's. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};

/** What each kernel exports: its memory, functions, and addresses as globals. */
export interface WasmExports {
  readonly memory: { readonly buffer: ArrayBuffer };
}

/** A WebAssembly module that imports nothing, compiled when it is first used on a thread. */
export class WasmModule<E extends WasmExports, A extends string> {
  #module: object | undefined;

  /** `addresses`: names of the globals that say where in its memory things are. */
  constructor(
    private readonly file: URL,
    private readonly addresses: readonly A[],
  ) {}

  /** An instance with a memory of its own. @throws when the package was built without its kernels */
  instantiate(): { exports: E; at: Readonly<Record<A, number>> } {
    this.#module ??= new WebAssembly.Module(readFileSync(this.file));
    const { exports } = new WebAssembly.Instance(this.#module, {});
    const globals = exports as Record<string, { readonly value: number }>;
    const at = this.addresses.map((name) => [name, globals[name]!.value] as const);
    return { exports: exports as E, at: Object.fromEntries(at) as Record<A, number> };
  }
}
