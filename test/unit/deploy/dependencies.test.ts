import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
interface Locked {
  license?: string;
  dev?: boolean;
  resolved?: string;
  integrity?: string;
  optionalDependencies?: Record<string, string>;
}
const lock: { packages: Record<string, Locked> } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const page = readFileSync('docs/dependencies.md', 'utf8');
const PERMISSIVE = /^(MIT|Apache-2\.0|BSD-[23]-Clause|ISC|0BSD|BlueOak-1\.0\.0|Unlicense|CC-BY-4\.0)$/;

/** Package -> licence, from the table under a heading of docs/dependencies.md. */
function rows(heading: string): Map<string, string> {
  const section = page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const cells = [...section.matchAll(/^\| `([^`]+)` \| .+? \| ([^|]+?) \|/gm)];
  return new Map(cells.map(([, name, licence]) => [name!, licence!]));
}

describe('docs/dependencies.md', () => {
  it.each([
    ['At run time', 'dependencies'],
    ['For development', 'devDependencies'],
  ])('has a row for exactly the packages we install: %s', (heading, field) => {
    expect([...rows(heading).keys()].sort()).toEqual(Object.keys(manifest[field]).sort());
  });

  it.each([...rows('At run time'), ...rows('For development')])(
    'names the licence of %s',
    (name, licence) => {
      const { license } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'));
      expect(licence).toBe(license);
    },
  );
});

describe('package-lock.json', () => {
  it('names no registry', () => {
    const named = Object.entries(lock.packages).filter(([, { resolved }]) => resolved);
    expect(named.map(([path]) => path)).toEqual([]);
  });

  it('has the packages of every platform, without which `npm ci` refuses it (scripts/complete-lock.mjs)', () => {
    const missing = Object.values(lock.packages)
      .flatMap(({ optionalDependencies }) => Object.keys(optionalDependencies ?? {}))
      .filter((name) => !lock.packages[`node_modules/${name}`]);
    expect(missing).toEqual([]);
  });

  it('ships permissive licences only', () => {
    const offending = Object.entries(lock.packages)
      // What scripts/complete-lock.mjs added is the same package for another platform.
      .filter(([path, { dev, integrity }]) => path !== '' && !dev && integrity)
      .map(([path, { license }]): [string, string] => [path, license ?? declaredIn(path)])
      .filter(([, licence]) => !licence.split(/ AND | OR /).every((one) => PERMISSIVE.test(one)));
    expect(offending).toEqual([]);
  });
});

/** Some packages declare it only in the first line of their licence file. */
function declaredIn(path: string): string {
  const [firstLine] = readFileSync(`${path}/LICENSE`, 'utf8').split('\n', 1);
  return firstLine!.startsWith('This is free and unencumbered software') ? 'Unlicense' : firstLine!;
}
