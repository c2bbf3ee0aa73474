import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  rmdir,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readUpRecord } from '../../src/config/up-record.js';
import { ensureTemporal } from '../../src/tools/ensure-temporal.js';
import { generateLanding } from '../support/landing.js';
import { CLI, type CliResult, startCli } from '../support/real-cli.js';

const NOWHERE = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
const QUICK = `
policies:
  merge: {tries: 1, backoff: {initial: 100ms, max: 100ms}}
  requeue: {rounds: 0}
`;
const WAITS = 'sources:\n  - settle: 100ms\n';

let dir: string;

function partnerday(...args: string[]): Promise<CliResult> {
  return startCli(args, { cwd: dir }).result;
}

function partnerdayWith(env: NodeJS.ProcessEnv, ...args: string[]): Promise<CliResult> {
  return startCli(args, { cwd: dir, env }).result;
}

const storeDir = () => join(dir, '.partnerday', 'store');

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'partnerday-cli-'));
  await mkdir(join(dir, 'partners'));
  await writeFile(join(dir, 'partners', 'acme.yaml'), `id: acme${QUICK}`);
  await writeFile(join(dir, 'partners', 'beta.yaml'), `id: beta\n${WAITS}`);
  await writeFile(join(dir, 'partners', 'broken.yaml'), 'id: broken\nopensAt: noon\n');
  await mkdir(storeDir(), { recursive: true });
  for (const [partner, date] of [
    ['acme', '2025-05-01'],
    ['acme', '2025-05-02'],
    ['acme', '2025-05-03'],
    ['beta', '2025-05-01'],
    ['beta', '2025-05-02'],
  ] as const) {
    await generateLanding(storeDir(), { partner, date, archives: 3, archiveBytes: 2_000 });
  }
  const { code, stderr } = await partnerday('up', '--detach');
  if (code !== 0) throw new Error(`up failed: ${stderr}`);
});

afterAll(async () => {
  await partnerday('down', '--wipe');
  await rm(dir, { recursive: true, force: true });
});

describe('up', () => {
  it('a second time says that it is already up, and gives the same addresses', async () => {
    const record = await readUpRecord(dir);
    const { code, stdout, stderr } = await partnerday('up', '-o', 'json');
    expect(code).toBe(0);
    expect(stderr).toContain('already up');
    expect(JSON.parse(stdout).temporal).toEqual(record?.temporal);
  });

  it('opens days by a schedule', async () => {
    const { stdout } = await partnerday('doctor', '-o', 'json');
    const checks: { name: string; state: string; found: string }[] = JSON.parse(stdout).checks;
    expect(checks.find(({ name }) => name === 'schedule')).toMatchObject({
      state: 'ok',
      found: expect.stringContaining('partnerday-plan'),
    });
    const [next] = /\d{4}-.*Z/.exec(checks.find(({ name }) => name === 'schedule')!.found)!;
    expect(Date.parse(next) - Date.now()).toBeLessThanOrEqual(3_600_000);
    expect(checks.filter(({ state }) => state === 'fail').map(({ name }) => name)).toEqual(['configuration']);
  });
});

describe('run', () => {
  it('--wait -o json prints one document on stdout and progress on stderr', async () => {
    const { code, stdout, stderr } = await partnerday('run', 'acme', '2025-05-01', '--wait', '-o', 'json');
    expect(code).toBe(0);
    const day = JSON.parse(stdout);
    expect(day).toMatchObject({ partner: 'acme', date: '2025-05-01', version: 1, status: 'published' });
    expect(day.tables).toHaveLength(3);
    for (const table of day.tables) {
      expect(table).toMatchObject({
        status: 'merged',
        files: 3,
        rows: expect.any(Number),
        headerConsistent: true,
        nullRatio: expect.any(Number),
        missingFields: [],
        error: null,
        key: `acme/2025-05-01/v1/${table.table}.csv`,
        bytes: expect.any(Number),
      });
      expect(await readFile(join(storeDir(), table.key))).toHaveLength(table.bytes);
    }
    expect(day.ledger.holds).toBe(true);
    expect(Array.isArray(day.findings)).toBe(true);
    expect(stderr).toMatch(/acme 2025-05-01: orders merged/);
  });

  it('of a day with a failed table ends with 1; explain says why; retry mends it once the cause is gone', async () => {
    const obstacle = join(storeDir(), 'acme/2025-05-02/v1/orders.csv');
    await mkdir(obstacle, { recursive: true });
    const run = await partnerday('run', 'acme', '2025-05-02', '--wait', '-o', 'json');
    expect(run.code).toBe(1);
    const failed = JSON.parse(run.stdout);
    expect(failed.status).toBe('published');
    expect(failed.tables.filter(({ status }: { status: string }) => status === 'merged')).toHaveLength(2);

    const explain = await partnerdayWith(NOWHERE, 'explain', 'acme', '2025-05-02', 'orders');
    expect(explain.code).toBe(0);
    expect(explain.stdout).toContain('cannot write acme/2025-05-02/v1/orders.csv');
    expect(explain.stdout).toContain('partnerday retry acme 2025-05-02 --table orders --wait');

    await rmdir(obstacle);
    const retry = await partnerday(
      'retry',
      'acme',
      '2025-05-02',
      '--table',
      'orders',
      '--wait',
      '-o',
      'json',
    );
    expect(retry.code).toBe(0);
    const mended = JSON.parse(retry.stdout);
    expect(mended.version).toBe(2);
    expect(mended.tables.every(({ status }: { status: string }) => status === 'merged')).toBe(true);
  });

  it('stops waiting after --timeout with 4, and the day goes on', async () => {
    const { code, stderr } = await partnerday('run', 'acme', '2025-05-03', '--wait', '--timeout', '1ms');
    expect(code).toBe(4);
    expect(stderr).toContain('it goes on without this command');
    expect((await partnerday('run', 'acme', '2025-05-03', '--wait')).code).toBe(0);
  });

  it('is interrupted by Ctrl-C with 130, in one line', async () => {
    await partnerday('arrive', 'beta', '2025-05-02');
    const watching = startCli(['status', 'beta', '2025-05-02', '--watch'], { cwd: dir });
    await said(watching.process, 'waiting');
    watching.process.kill('SIGINT');
    const { code, stderr } = await watching.result;
    expect(code).toBe(130);
    expect(stderr.trimEnd().split('\n').at(-1)).toBe('interrupted');
    const cancelled = await partnerday('cancel', 'beta', '2025-05-02', '-o', 'json');
    expect(cancelled.code).toBe(0);
    expect(JSON.parse(cancelled.stdout).status).toBe('cancelled');
    expect((await partnerday('cancel', 'beta', '2025-05-02')).code).toBe(2);
  });

  it('of a date without archives publishes nothing', async () => {
    const { code, stderr } = await partnerday('run', 'acme', '2031-01-01', '--wait');
    expect(code).toBe(2);
    expect(stderr).toContain('no archive has landed below landing/acme/2031-01-01/');
    expect(existsSync(join(storeDir(), 'acme/2031-01-01'))).toBe(false);
  });
});

describe('arrive', () => {
  it('prints the same for the Temporal CLI, and that works', async () => {
    expect((await partnerday('arrive', 'beta', '2025-05-01')).code).toBe(0);
    const dry = await partnerday(
      'arrive',
      'beta',
      '2025-05-01',
      '--complete',
      '--archives',
      '3',
      '--dry-run',
    );
    expect(dry.code).toBe(0);
    const temporal = await ensureTemporal();
    const bin = join(dir, 'bin');
    await mkdir(bin, { recursive: true });
    await symlink(temporal.path, join(bin, 'temporal'));
    const { address } = (await readUpRecord(dir))!.temporal;
    const sent = spawnSync('sh', ['-c', dry.stdout], {
      env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, TEMPORAL_ADDRESS: address },
      encoding: 'utf8',
    });
    expect(sent.stderr).toBe('');
    expect(sent.status).toBe(0);
    const watch = await partnerday('status', 'beta', '2025-05-01', '--watch', '-o', 'json');
    expect(JSON.parse(watch.stdout)).toMatchObject({ version: 1, verdict: 'complete' });
  });

  it('refuses another partner’s key before anything is sent', async () => {
    const { code, stderr } = await partnerday(
      'arrive',
      'beta',
      '2025-06-01',
      '--key',
      'landing/acme/2025-06-01/a.tar.gz',
    );
    expect(code).toBe(2);
    expect(stderr).toContain('is not a key below landing/beta/2025-06-01/');
    expect((await partnerday('cancel', 'beta', '2025-06-01')).stderr).toContain('is not running');
  });
});

describe('finished days need only the store', () => {
  it.each(['status', 'explain', 'verify'])('%s', async (verb) => {
    const { code, stdout } = await partnerdayWith(NOWHERE, verb, 'acme', '2025-05-01', '-o', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ partner: 'acme', date: '2025-05-01' });
  });

  it('the fleet', async () => {
    const { code, stdout } = await partnerdayWith(NOWHERE, 'status', '-o', 'jsonl');
    expect(code).toBe(0);
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.find(({ partner, date }) => partner === 'acme' && date === '2025-05-01')).toMatchObject({
      state: 'published',
      version: 1,
      failedTables: [],
    });
  });
});

it('verify finds a published table whose bytes were changed by hand', async () => {
  const key = join(storeDir(), 'acme/2025-05-03/v1/orders.csv');
  await chmod(key, 0o644);
  await appendFile(key, '9,9,9,9,9,9\n');
  const { code, stdout } = await partnerday('verify', 'acme', '2025-05-03', '-o', 'json');
  expect(code).toBe(1);
  const orders = JSON.parse(stdout).tables.find(({ table }: { table: string }) => table === 'orders');
  expect(orders.differences.join()).toContain('rows');
});

describe('what is wrong is said once, with the right exit code', () => {
  const cases: [string, string[], NodeJS.ProcessEnv, number, RegExp][] = [
    [
      'an unknown partner',
      ['run', 'acmee', '2025-05-01'],
      {},
      2,
      /unknown partner "acmee".*did you mean acme/,
    ],
    ['a date that does not exist', ['run', 'acme', '2025-13-45'], {}, 2, /calendar date that exists/],
    [
      'a partner with a wrong file',
      ['run', 'broken', '2025-05-01'],
      {},
      2,
      /partners\/broken\.yaml:2:10 opensAt: expected HH:MM, received "noon"/,
    ],
    ['an unknown verb', ['rnu'], {}, 2, /unknown command 'rnu'/],
    ['an unknown option', ['run', 'acme', '2025-05-01', '--fast'], {}, 2, /unknown option '--fast'/],
    [
      'a configuration that is not there',
      ['status', '--config', 'nowhere'],
      {},
      2,
      /nowhere:1:1: expected a configuration directory/,
    ],
    [
      'an unreachable Temporal',
      ['run', 'acme', '2025-05-01'],
      NOWHERE,
      3,
      /Temporal at 127\.0\.0\.1:1 does not answer\n.*partnerday up/,
    ],
    [
      'an unreachable store',
      ['status', 'acme', '2025-05-01'],
      { PARTNERDAY_STORE: 'file:///nowhere/at/all' },
      3,
      /store file:\/\/\/nowhere\/at\/all/,
    ],
    [
      'an unreachable S3',
      ['status', 'acme', '2025-05-01'],
      {
        PARTNERDAY_STORE: 's3://bucket',
        AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
        AWS_ACCESS_KEY_ID: 'a',
        AWS_SECRET_ACCESS_KEY: 'b',
        AWS_REGION: 'us-east-1',
      },
      3,
      /store s3:\/\/bucket/,
    ],
    [
      'a store URL that names none',
      ['status', 'acme', '2025-05-01'],
      { PARTNERDAY_STORE: '/data' },
      2,
      /file:\/\/\/data/,
    ],
    [
      'a day nobody knows',
      ['explain', 'acme', '2024-02-29'],
      {},
      2,
      /nothing of acme 2024-02-29 is published/,
    ],
  ];
  it.each(cases)('%s', async (_what, args, env, expected, message) => {
    const { code, stdout, stderr } = await partnerdayWith(env, ...args);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(stderr.match(/^error: /gm)).toHaveLength(1);
    expect(stderr).not.toMatch(/^\s+at .*\(/m);
    expect(code).toBe(expected);
  });

  it('a disk that takes no more leaves nothing half-made', async () => {
    // A file size limit of zero: every write fails as on a full disk, without needing one.
    const script = `ulimit -f 0; exec "$0" "$@"`;
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', script, process.execPath, CLI, 'partner', 'add', 'gamma'],
      {
        cwd: dir,
        encoding: 'utf8',
      },
    );
    expect(status).toBe(3);
    expect(stderr).toMatch(/^error: cannot write .*partners\/gamma\.yaml: .*\(EFBIG\)$/m);
    expect((await readdir(join(dir, 'partners'))).filter((name) => name.includes('gamma'))).toEqual([]);
  });
});

describe('partner add', () => {
  it('writes a file that works as it is, with the tables it found', async () => {
    await generateLanding(storeDir(), {
      partner: 'delta',
      date: '2025-05-01',
      archives: 2,
      archiveBytes: 2_000,
    });
    const added = await partnerday('partner', 'add', 'delta', '--from-archives', '-o', 'json');
    expect(added.code).toBe(0);
    expect(JSON.parse(added.stdout)).toMatchObject({
      tables: ['orders', 'room_rates', 'stays'],
      pattern: '{table}_{date}_{batch}.csv',
    });
    expect((await partnerday('run', 'delta', '2025-05-01', '--wait')).code).toBe(0);
    expect((await partnerday('partner', 'add', 'delta')).code).toBe(2);
  });
});

async function said(process: { stderr: NodeJS.ReadableStream | null }, text: string): Promise<void> {
  let heard = '';
  process.stderr!.on('data', (chunk) => {
    heard += chunk;
  });
  while (!heard.includes(text)) await pause(50);
}
