#!/usr/bin/env node
/**
 * Builds dist/: the WebAssembly kernels, the compiled sources, the workflow bundle. A step whose inputs have not
 * changed since it last succeeded is skipped.
 *
 * --lenient      what can be built is used, whatever else fails: one broken file should not stop the tests of all others
 *                (the set-up of the tests does this, `make` does not)
 * --kernels-only nothing but the kernels
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { filesBelow, fingerprint } from './lib/fingerprint.mjs';
import { withLock } from './lib/lock.mjs';

process.chdir(resolve(import.meta.dirname, '..'));
const lenient = process.argv.includes('--lenient');
const STAMPS = 'dist/.stamps.json';
/** What each is compiled from, and to, and the pages of its memory. */
const KERNELS = [
  {
    name: 'CSV kernel',
    sources: 'src/csv/kernel/assembly',
    wasm: 'src/csv/kernel/kernel.wasm',
    pages: 32,
  },
  {
    name: 'inflating kernel',
    sources: 'src/archive/inflate/assembly',
    wasm: 'src/archive/inflate/inflate.wasm',
    pages: 8,
  },
];
const BUNDLE = 'dist/workflow-bundle.js';

await withLock('.tools/build.lock', async () => {
  mkdirSync('dist', { recursive: true });
  const steps = process.argv.includes('--kernels-only')
    ? [buildKernels]
    : [buildKernels, compile, bundleWorkflows];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      console.error(`build: ${error.message}`);
      if (!lenient) process.exitCode = 1;
    }
  }
});

/** Before compiling: sources may import what the kernel build generates. */
function buildKernels() {
  const script = 'scripts/build-kernel.mjs';
  for (const { name, sources, wasm, pages } of KERNELS) {
    const inputs = fingerprint([script, ...filesBelow(sources), 'package-lock.json']);
    if (!isFresh(name, inputs, [wasm])) {
      const started = performance.now();
      run(process.execPath, [script, `${sources}/index.ts`, wasm, String(pages)]);
      stamp(name, inputs);
      report(name, started);
    }
    const copy = join('dist', relative('src', wasm));
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(wasm, copy);
  }
}

function compile() {
  const sources = filesBelow('src').filter(
    (file) => !KERNELS.some(({ sources }) => file.startsWith(sources)),
  );
  const inputs = fingerprint([...sources, 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json']);
  const main = 'dist/cli/main.js';
  if (isFresh('tsc', inputs, existsSync('src/cli/main.ts') ? [main] : ['dist/errors.js'])) return;
  const started = performance.now();
  prune();
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
    {
      stdio: 'inherit',
    },
  );
  if (existsSync(main)) chmodSync(main, 0o755);
  if (status !== 0) throw new Error('tsc found errors');
  stamp('tsc', inputs);
  report('compiled', started);
}

/** Output of a source that is gone would still be imported, packed and shipped. */
function prune() {
  for (const file of filesBelow('dist')) {
    const match = /^dist\/(.+)\.js(?:\.map)?$/.exec(file);
    if (!match || file.startsWith(BUNDLE)) continue;
    if (existsSync(`src/${match[1]}.ts`)) continue;
    rmSync(file);
    // tsc's incremental record still lists the file as written.
    rmSync('dist/.tsbuildinfo', { force: true });
  }
}

async function bundleWorkflows() {
  const entry = resolve('dist/workflows/index.js');
  if (!existsSync(entry)) return;
  const inputs = fingerprint([...reachable(entry), 'package-lock.json']);
  if (isFresh('bundle', inputs, [BUNDLE])) return;
  const started = performance.now();
  const { bundleWorkflowCode } = await import('@temporalio/worker');
  const errors = [];
  const quiet = () => {};
  const logger = {
    log: quiet,
    trace: quiet,
    debug: quiet,
    info: quiet,
    warn: (message) => errors.push(message),
    error: (message) => errors.push(message),
  };
  try {
    const { code } = await bundleWorkflowCode({ workflowsPath: entry, logger });
    writeFileSync(`${BUNDLE}.tmp`, code);
    renameSync(`${BUNDLE}.tmp`, BUNDLE);
  } catch (error) {
    // A worker would run yesterday's workflows; without a bundle it makes its own, and says what is wrong.
    rmSync(BUNDLE, { force: true });
    throw new Error([...errors, error.message].join('\n'), { cause: error });
  }
  stamp('bundle', inputs);
  report('workflow bundle', started);
}

/** The compiled files a module imports, itself included; packages are covered by the lock file. */
function reachable(entry, seen = new Set()) {
  if (seen.has(entry) || !existsSync(entry)) return seen;
  seen.add(entry);
  for (const [, specifier] of readFileSync(entry, 'utf8').matchAll(
    /(?:from|import)\s*\(?['"](\.[^'"]+)['"]/g,
  )) {
    reachable(resolve(dirname(entry), specifier), seen);
  }
  return seen;
}

function stamps() {
  return existsSync(STAMPS) ? JSON.parse(readFileSync(STAMPS, 'utf8')) : {};
}

function isFresh(step, inputs, outputs) {
  return stamps()[step] === inputs && outputs.every((file) => existsSync(file));
}

function stamp(step, inputs) {
  writeFileSync(STAMPS, JSON.stringify({ ...stamps(), [step]: inputs }, null, 2));
}

function run(command, args) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} failed`);
}

function report(what, started) {
  console.log(`${what} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
