import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGzip, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCli } from '../support/real-cli.js';
import { tarFile, tarGz, tarHeader } from '../support/tar-builder.js';

const NOWHERE = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
/**
 * Prints the peak resident memory (KiB) as the last line on stderr. Not `maxRSS`: that of a child begins with what its
 * parent used. Elsewhere than on Linux nothing is measured.
 */
const MEASURE = `
import { existsSync, readFileSync } from 'node:fs';
process.on('exit', () => {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : 'VmHWM: 0';
  process.stderr.write('peak=' + /VmHWM:\\s+(\\d+)/.exec(status)[1] + '\\n');
});`;
const PEAK = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(MEASURE)}` };
const MOST_KIB = 256 * 1024;
const GOOD = 'id,note\n1,a\n2,\n';

let dir: string;
const inspect = (...args: string[]) =>
  startCli(['inspect', ...args], { cwd: dir, env: { ...NOWHERE, ...PEAK } }).result;
const peakOf = (stderr: string) => Number(/peak=(\d+)/.exec(stderr)![1]);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'partnerday-inspect-'));
  await mkdir(join(dir, 'partners'));
  await writeFile(join(dir, 'partners', 'acme.yaml'), 'id: acme\nmembers: {pattern: "{table}.{date}.csv"}\n');
  await mkdir(join(dir, '.partnerday', 'store', 'landing', 'acme', '2026-01-31'), { recursive: true });
  await writeFile(
    join(dir, '.partnerday', 'store', 'landing', 'acme', '2026-01-31', 'a.tar.gz'),
    tarGz(tarFile('orders.20260131.csv', GOOD)),
  );
  await writeFile(join(dir, 'good.tar.gz'), tarGz(tarFile('orders_20260131_1.csv', GOOD)));
  await writeFile(join(dir, 'bad.csv'), 'id,note\n1\n');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('inspect', () => {
  it('needs no server, and ends with 0 for what would be loaded and 1 for what would not', async () => {
    const good = await inspect('good.tar.gz', '-o', 'json');
    expect(good.code, good.stderr).toBe(0);
    expect(JSON.parse(good.stdout)).toMatchObject({
      verdict: 'accept',
      reason: null,
      members: [{ name: 'orders_20260131_1.csv', table: 'orders', rows: 2, nulls: [0, 1] }],
      findings: [],
    });
    const bad = await inspect('bad.csv');
    expect(bad.code).toBe(1);
    expect(bad.stdout).toContain('reject  bad.csv');
    expect(bad.stdout).toContain('row 1, line 2, byte 8');
  });

  it('takes a key of the store and the rules of a partner', async () => {
    const key = 'landing/acme/2026-01-31/a.tar.gz';
    const own = await inspect(key, '--partner', 'acme', '-o', 'jsonl');
    expect(own.code, own.stderr).toBe(0);
    expect(JSON.parse(own.stdout)).toMatchObject({ table: 'orders', outcome: 'loaded' });
    const others = await inspect(key, '-o', 'jsonl');
    expect(JSON.parse(others.stdout)).toMatchObject({ outcome: 'skipped' });
    const named = await inspect(key, '--name-pattern', '*', '-o', 'jsonl');
    expect(JSON.parse(named.stdout)).toMatchObject({ table: 'orders.20260131', outcome: 'loaded' });
  });

  it('of what is not there, or of an unknown partner, ends with 2', async () => {
    const absent = await inspect('nothing.tar.gz');
    expect(absent.code).toBe(2);
    expect(absent.stderr).toContain('there is no file nothing.tar.gz');
    expect((await inspect('good.tar.gz', '--partner', 'nobody')).code).toBe(2);
    expect((await inspect('partners')).code).toBe(2);
  });

  it('holds a bomb of one row, and zeros without end, within 256 MiB', async () => {
    await writeFile(join(dir, 'zeros.tar.gz'), await bomb(Buffer.alloc(0), 0));
    const row = tarHeader({ name: 'orders_20260131_1.csv', size: (1 << 30) + 5 });
    await writeFile(join(dir, 'row.tar.gz'), await bomb(Buffer.concat([row, Buffer.from('a,b\n"')]), 0x61));
    for (const file of ['zeros.tar.gz', 'row.tar.gz']) {
      const { code, stdout, stderr } = await inspect(file, '-o', 'json');
      expect(code, stderr).toBe(1);
      expect(JSON.parse(stdout).verdict, file).toBe('limit');
      expect(peakOf(stderr), file).toBeLessThanOrEqual(MOST_KIB);
    }
  });

  it('holds 100,000 members within 256 MiB, and lists every one', async () => {
    const members = Array.from({ length: 100_000 }, (_, index) =>
      tarFile(`t${index}_20260131_1.csv`, 'id,day,amount,flag\n1,2026-01-31,5.0,true\n'),
    );
    await writeFile(
      join(dir, 'many.tar.gz'),
      gzipSync(Buffer.concat([...members, Buffer.alloc(1024)]), { level: 1 }),
    );
    const { code, stdout, stderr } = await inspect('many.tar.gz', '-o', 'json');
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout).members).toHaveLength(100_000);
    expect(peakOf(stderr)).toBeLessThanOrEqual(MOST_KIB);
  });
});

/** 1 GiB of one byte behind `head`, compressed. */
async function bomb(head: Buffer, byte: number): Promise<Buffer> {
  const gzip = createGzip();
  const chunks: Buffer[] = [];
  gzip.on('data', (chunk) => chunks.push(chunk));
  const piece = Buffer.alloc(1 << 20, byte);
  if (head.length > 0) gzip.write(head);
  for (let written = 0; written < 1024; written++) {
    if (!gzip.write(piece)) await new Promise((resolve) => gzip.once('drain', resolve));
  }
  gzip.end(Buffer.alloc(1024));
  await new Promise((resolve) => gzip.once('end', resolve));
  return Buffer.concat(chunks);
}
