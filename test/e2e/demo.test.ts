import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DemoReport } from '../../src/cli/demo/demo-report.js';
import { type CliResult, startCli } from '../support/real-cli.js';

describe('partnerday demo', () => {
  let dir: string;
  let result: CliResult;
  let report: DemoReport;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'partnerday-demo-'));
    result = await startCli(['demo', '--dir', join(dir, 'demo'), '-o', 'json'], { cwd: dir }).result;
    report = JSON.parse(result.stdout);
  });

  afterAll(() => rm(dir, { recursive: true, force: true }));

  it('finds every planted problem for what it is, and says so by exit code 0', () => {
    expect(result.code).toBe(0);
    expect(report.planted.map(({ kind, found, missing }) => ({ kind, found, missing }))).toEqual(
      ['drift', 'unwritable', 'missing', 'cut', 'contract'].map((kind) => ({
        kind,
        found: true,
        missing: [],
      })),
    );
  });

  it('publishes all tables but the two that were made to fail', () => {
    const tables = report.days.flatMap((day) => day.tables.map((table) => ({ ...table, day })));
    expect(report.days).toHaveLength(6);
    expect(tables.filter(({ status }) => status !== 'merged').map(({ table }) => table)).toEqual([
      'species',
      'gapminder',
    ]);
    for (const { key, status } of tables) {
      if (status === 'merged') expect(existsSync(join(report.store, key!))).toBe(true);
    }
    expect(report.days.every(({ ledger }) => ledger?.holds)).toBe(true);
  });

  it('shows progress, and then what to type', () => {
    expect(result.stderr).toMatch(/terra \d{4}-\d{2}-\d{2}: species failed \(round 4\)/);
    expect(result.stderr).toContain('partnerday retry terra');
  });

  it('leaves no process behind, and keeps the files', () => {
    expect(spawnSync('pgrep', ['-f', dir], { encoding: 'utf8' }).stdout).toBe('');
    expect(existsSync(join(dir, 'demo', '.partnerday', 'up.json'))).toBe(false);
    expect(existsSync(join(dir, 'demo', 'partners', 'terra.yaml'))).toBe(true);
  });
});
