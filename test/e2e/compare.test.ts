import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LocalDay } from '../support/local-day.js';
import { layout } from '../support/manifests.js';
import { startCli } from '../support/real-cli.js';

const { partner, date } = layout;
const ROWS = 1_000_000;
const MIB = 1024 * 1024;

let day: LocalDay;
let dir: string;
beforeAll(async () => {
  day = await LocalDay.create();
  dir = await mkdtemp(join(tmpdir(), 'partnerday-compare-test-'));
  await mkdir(join(dir, 'partners'));
  await writeFile(join(dir, 'partners', `${partner}.yaml`), `id: ${partner}\n`);
  for (let part = 0; part < 4; part++) {
    const lines = Array.from({ length: ROWS / 4 }, (_, index) => ours(part * (ROWS / 4) + index));
    await day.land(`${part}.tar.gz`, {
      [`orders_20261121_${part}.csv`]: `id,room,price,note\n${lines.join('')}`,
      [`stays_20261121_${part}.csv`]: `id\n${part}\n`,
    });
  }
  await day.run();
  const legacy = join(day.root, 'legacy');
  await mkdir(legacy);
  await pipeline(theirs(), createGzip({ level: 1 }), createWriteStream(join(legacy, 'orders.csv.gz')));
  await writeFile(join(legacy, 'stays.csv'), 'id\n3\n2\n1\n0\n');
});
afterAll(async () => {
  await day?.remove();
  await rm(dir, { recursive: true, force: true });
});

const price = (id: number) => `${(id * 7919) % 100_000}.50`;

function ours(id: number): string {
  return `${id},room-${id % 997},${price(id)},"note, of ${id}"\n`;
}

/** The other pipeline's: another order of rows and columns; three prices differ, one row is missing, one is new. */
async function* theirs(): AsyncGenerator<string> {
  yield 'note,id,price,room\r\n';
  let lines: string[] = [];
  for (let index = 0; index < ROWS; index++) {
    const id = (index * 611_953) % ROWS;
    if (id === 77) continue;
    const changed = id === 5 || id === 500_000 || id === 999_999;
    lines.push(`"note, of ${id}",${id},${changed ? '0' : price(id)},room-${id % 997}\r\n`);
    if (lines.length === 10_000) {
      yield lines.join('');
      lines = [];
    }
  }
  yield `${lines.join('')}n,new,1,r\r\n`;
}

function compare(...args: string[]) {
  const env = { PARTNERDAY_STORE: day.store.url, NODE_OPTIONS: '--max-old-space-size=128' };
  return startCli(['compare', partner, date, ...args], { cwd: dir, env });
}

describe('compare', () => {
  it('finds what differs among a million rows, in memory that holds but a part of them', async () => {
    const scratch = join(dir, 'scratch');
    await mkdir(scratch);
    const run = compare('--with', 'legacy/', '--key', 'id', '--scratch', scratch, '-o', 'json');
    let peak = 0;
    const watch = setInterval(async () => {
      const status = await readFile(`/proc/${run.process.pid}/status`, 'utf8').catch(() => '');
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024);
    }, 50);
    const { code, stdout, stderr } = await run.result;
    clearInterval(watch);
    expect([code, stderr]).toEqual([1, expect.stringContaining('1 of 2 tables differ')]);
    const { tables } = JSON.parse(stdout);
    expect(tables[0]).toMatchObject({
      table: 'orders',
      same: false,
      rows: { published: ROWS, legacy: ROWS },
      columns: { onlyPublished: [], onlyLegacy: [], reordered: true },
      equal: ROWS - 4,
      changed: 3,
      onlyPublished: 1,
      onlyLegacy: 1,
      changedColumns: [{ column: 'price', values: 3 }],
    });
    expect(tables[0].samples.changed.map((sample: { key: { id: string } }) => sample.key.id).sort()).toEqual([
      '5',
      '500000',
      '999999',
    ]);
    expect(tables[0].samples.onlyPublished).toMatchObject([{ id: '77' }]);
    expect(tables[0].samples.onlyLegacy).toMatchObject([{ id: 'new' }]);
    expect(tables[1]).toMatchObject({ table: 'stays', same: true, equal: 4 });
    expect(peak).toBeGreaterThan(0);
    expect(peak).toBeLessThan(400 * MIB);
    expect(await readdir(scratch)).toEqual([]);
  });

  it('ends with 0 where nothing differs, whichever way the other table is named', async () => {
    for (const place of ['legacy/stays.csv', 'legacy/', `file://${join(day.root, 'legacy', 'stays.csv')}`]) {
      const { code, stdout } = await compare('--with', place, '--table', 'stays').result;
      expect([place, code]).toEqual([place, 0]);
      expect(stdout).toMatch(/stays\s+same\s+4\s+4\s+4/);
    }
  });

  it.each([
    ['nothing there', ['--with', 'nowhere/'], 'there is no {table}.csv at or below nowhere/'],
    [
      'an object of an unknown table',
      ['--with', 'legacy/orders.csv.gz', '--table', 'x'],
      'there is no table "x"',
    ],
    ['a key nobody has', ['--with', 'legacy/', '--table', 'stays', '--key', 'nope'], 'received nope'],
    ['an encoding nobody knows', ['--with', 'legacy/', '--encoding', 'klingon'], '--encoding'],
  ])('refuses %s (2)', async (_what, args, words) => {
    const { code, stderr } = await compare(...args).result;
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
  });
});
