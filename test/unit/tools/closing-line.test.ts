import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'closing-'));
  symlinkSync(resolve('node_modules'), join(project, 'node_modules'));
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

/** Runs these test files with the project's reporters in a vitest of its own; the lines it prints. */
function lastLines(files: Record<string, string>, env: NodeJS.ProcessEnv = {}): string[] {
  for (const [name, body] of Object.entries(files)) {
    writeFileSync(join(project, name), `import { expect, it } from 'vitest';\n${body}\n`);
  }
  const reporter = resolve('test/support/closing-line-reporter.ts');
  const { stdout } = spawnSync(
    process.execPath,
    [
      resolve('node_modules/vitest/vitest.mjs'),
      'run',
      '--root',
      project,
      '--reporter=default',
      `--reporter=${reporter}`,
    ],
    { encoding: 'utf8', env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env } },
  );
  return stdout.trimEnd().split('\n');
}

describe('the closing line of a test run', () => {
  it('comes last and counts what passed, failed and was skipped', () => {
    const lines = lastLines({
      'a.test.js': `it('one', () => {}); it('two', () => {}); it.skip('three', () => {});`,
      'b.test.js': `it('four', () => expect(1).toBe(2));`,
    });
    expect(lines.slice(-2)).toEqual(['1 skipped', '2 passed, 1 failed']);
  });

  it('counts a file that cannot be loaded as a failure', () => {
    const lines = lastLines({
      'a.test.js': `it('one', () => {});`,
      'b.test.js': `import './does-not-exist.js';`,
    });
    expect(lines.at(-1)).toBe('1 passed, 1 failed');
  });

  it('counts an error outside any test as a failure', () => {
    const lines = lastLines({
      'a.test.js': `it('one', async () => { setTimeout(() => { throw new Error('late') }); await new Promise((r) => setTimeout(r, 50)); });`,
    });
    expect(lines.at(-1)).toBe('1 passed, 1 failed');
  });

  it('repeats which checks before the tests have failed', () => {
    const lines = lastLines(
      { 'a.test.js': `it('one', () => {});` },
      { PARTNERDAY_FAILED_CHECKS: ' lint types' },
    );
    expect(lines.slice(-2)).toEqual(['checks failed before the tests: lint types', '1 passed, 0 failed']);
  });
});
