// Compiles the CSV kernel (AssemblyScript) to WebAssembly with SIMD, beside its loader. Needs nothing but npm packages.
import { rename } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const output = `${root}src/csv/kernel/kernel.wasm`;
// A name of its own: two builds at once must not read each other's half-written file.
const draft = `${output}.${process.pid}.tmp`;

const { error, stderr } = await asc.main([
  'src/csv/kernel/assembly/index.ts',
  '--baseDir',
  root,
  '--outFile',
  relative(root, draft),
  '-O3',
  '--converge',
  '--noAssert',
  '--enable',
  'simd,bulk-memory',
  '--initialMemory',
  '32',
  '--runtime',
  'stub',
  '--use',
  'abort=',
]);
if (error) {
  console.error(`the kernel does not compile: ${error.message}\n${stderr.toString()}`);
  process.exit(1);
}
await rename(draft, output);
