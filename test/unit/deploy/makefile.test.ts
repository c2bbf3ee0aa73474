import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const makefile = readFileSync('Makefile', 'utf8');
const make = (...args: string[]) => spawnSync('make', args, { encoding: 'utf8' });

it('lists every public target in `make help`, and `make` alone does the same', () => {
  const described = [...makefile.matchAll(/^([a-z][a-z-]*):.*## /gm)].map(([, target]) => target!);
  const listed = [...make('help').stdout.matchAll(/^ {2}make (\S+)/gm)].map(([, target]) => target!);
  expect(listed).toEqual(described);
  expect(listed).toEqual(expect.arrayContaining(['demo', 'test', 'lint', 'build']));
  expect(make().stdout).toBe(make('help').stdout);
});

it('runs only scripts and verbs that exist', () => {
  const scripts = [...makefile.matchAll(/(?:node|sh) ((?:scripts|bench)\/[\w./-]+)/g)].map(
    ([, path]) => path!,
  );
  expect(scripts.length).toBeGreaterThan(0);
  expect(scripts.filter((path) => !existsSync(path))).toEqual([]);
  const verbs = [...makefile.matchAll(/\$\(PARTNERDAY\) ([a-z]+)/g)].map(([, verb]) => verb!);
  expect(verbs).toContain('demo');
  expect(verbs.filter((verb) => !existsSync(`src/cli/verbs/${verb}.ts`))).toEqual([]);
});

it('every target of the documentation is one', () => {
  const named = [
    'README.md',
    'CONTRIBUTING.md',
    '.ci/run',
    ...['architecture', 'operations'].map((n) => `docs/${n}.md`),
  ]
    .filter((path) => existsSync(path))
    .flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/(?:`|^)make ([a-z][a-z-]*)/gm)])
    .map(([, target]) => target!);
  expect(named).toContain('test');
  const targets = [...makefile.matchAll(/^([a-z][a-z-]*):/gm)].map(([, target]) => target!);
  expect(named.filter((target) => !targets.includes(target))).toEqual([]);
});
