#!/usr/bin/env node
/**
 * Adds to package-lock.json the platform packages npm left out. Run it after every `npm install`.
 *
 * Behind a registry mirror that lacks the binaries of some platforms npm writes a lock without them, which `npm ci` then
 * refuses, on that mirror and everywhere else. Platforms that are not installed need no more than a name and a version.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const FILE = resolve(import.meta.dirname, '../package-lock.json');
const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const PROCESSORS = [
  'arm64',
  'arm',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const added = [];
for (const parent of Object.values({ ...lock.packages })) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`;
    if (lock.packages[path]) continue;
    if (!/^\d+\.\d+\.\d+[\w.-]*$/.test(version)) throw new Error(`${name}: not an exact version: ${version}`);
    lock.packages[path] = {
      version,
      ...platformOf(name),
      optional: true,
      ...(parent.dev ? { dev: true } : {}),
    };
    added.push(name);
  }
}
if (added.length > 0) {
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
}
console.log(added.length > 0 ? `added ${added.length}: ${added.join(' ')}` : 'nothing was missing');

/** From names such as `@swc/core-linux-arm64-musl`: all such packages are named alike. */
function platformOf(name) {
  const words = name.split('/').at(-1).split('-');
  const system = words.find((word) => SYSTEMS.includes(word));
  const processor = words.find((word) => PROCESSORS.includes(word));
  if (!processor || (!system && processor !== 'wasm32'))
    throw new Error(`${name}: for which platform is it?`);
  const libc = words.some((word) => word.startsWith('musl')) ? 'musl' : 'glibc';
  return {
    cpu: [processor],
    ...(system ? { os: [system] } : {}),
    ...(system === 'linux' && words.at(-1) !== processor ? { libc: [libc] } : {}),
  };
}
