import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const page = readFileSync('docs/scaling.md', 'utf8');
const model = readFileSync('scripts/lib/capacity-model.mjs', 'utf8');
const constant = (name: string) => Number(new RegExp(`^ {2}${name}: ([\\d.]+),$`, 'm').exec(model)![1]);
const calculate = (...args: string[]) =>
  spawnSync('node', ['scripts/capacity.mjs', ...args], { encoding: 'utf8' });

describe('docs/scaling.md', () => {
  it('shows what the calculator says of its examples', () => {
    const { stdout } = calculate();
    expect(stdout).toContain('| core-hours |');
    expect(page).toContain(stdout.trim());
  });

  it('names the measured figures the calculator rests on', () => {
    expect(page).toContain(`| ${constant('cpuSecondsPerGB')} s per GB of CSV |`);
    expect(page).toContain(`| ${constant('memoryMiB')} MiB |`);
    expect(page).toContain(`| ${constant('compression')} |`);
  });

  const results = existsSync('bench/results') ? readdirSync('bench/results') : [];
  const newest = results
    .filter((name) => /-large\.json$/.test(name))
    .sort()
    .at(-1);
  it.runIf(newest)('rests on the newest large result of the bench, within a tenth', () => {
    const { contestants, data } = JSON.parse(readFileSync(`bench/results/${newest}`, 'utf8'));
    const engine = contestants.find(({ id }: { id: string }) => id === 'partnerday-engine');
    const csv = Object.values<{ bytes: number }>(data.tables).reduce((sum, { bytes }) => sum + bytes, 0);
    const landed = data.archives.reduce((sum: number, { bytes }: { bytes: number }) => sum + bytes, 0);
    expect(engine.cpu / (csv / 1e9) / constant('cpuSecondsPerGB')).toBeCloseTo(1, 1);
    expect(csv / landed / constant('compression')).toBeCloseTo(1, 1);
  });

  it('belongs to a calculator that refuses what is no number', () => {
    expect(calculate('--archives', 'many').status).toBe(2);
    expect(JSON.parse(calculate('--archives', '1000').stdout)).toMatchObject({ landed: 250e9 });
  });
});
