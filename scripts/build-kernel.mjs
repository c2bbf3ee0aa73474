/**
 * build-kernel.mjs ENTRY OUTPUT PAGES: compiles a kernel (AssemblyScript) to WebAssembly with SIMD and a memory of so
 * many pages of 64 KiB. Needs nothing but npm packages.
 */
import { rename } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import asc from 'assemblyscript/asc';

const root = resolve(import.meta.dirname, '..');
const [entry, output, pages] = process.argv.slice(2);
// A name of its own: two builds at once must not read each other's half-written file.
const draft = `${output}.${process.pid}.tmp`;

const { error, stderr } = await asc.main([
  relative(root, entry),
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
  pages,
  '--runtime',
  'stub',
  '--use',
  'abort=',
]);
if (error) {
  console.error(`${entry} does not compile: ${error.message}\n${stderr.toString()}`);
  process.exit(1);
}
await rename(draft, output);
