import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archiveReads, Deployment } from '../support/deployment.js';
import { tarFile, tarGz } from '../support/tar-builder.js';
import { startTemporal } from '../support/temporal-server.js';

const DATE = '2026-11-21';
const STRICT = 'tables: {orders: {types: {id: integer}, contract: {types: quarantine}}}\n';
const CORRECTED = 'tables: {orders: {types: {id: text}}}\n';
const key = (name: string) => `landing/acme/${DATE}/${name}.tar.gz`;
const member = (batch: number) => `orders_20261121_${batch}.csv`;

let temporal: TestWorkflowEnvironment;
let deployment: Deployment;

async function land(name: string, content: Record<string, string> | string): Promise<void> {
  const bytes =
    typeof content === 'string'
      ? Buffer.from(content)
      : tarGz(...Object.entries(content).map(([file, csv]) => tarFile(file, csv)));
  const path = join(deployment.store, key(name));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}

const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await deployment.run(...args, '-o', 'json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
};

beforeAll(async () => {
  temporal = await startTemporal();
  deployment = await Deployment.create(temporal);
  await deployment.partner('acme', STRICT);
  await land('a', {
    [member(1)]: 'id,note\n1,a\nx2,"b\nc"\n3,d\n',
    [member(2)]: 'note,id\ne,4\n',
    [member(3)]: '',
  });
  await land('b', { [member(4)]: 'id,note\n5,f\n' });
  await land('c', 'no archive\x1b[2J');
  await deployment.startWorker();
  const run = await deployment.run('run', 'acme', DATE, '--wait');
  expect(run.stdout + run.stderr).toContain('published');
}, 180_000);
afterAll(async () => {
  await deployment?.stop();
  await temporal?.teardown();
});

describe('trace', () => {
  it('leads from a published row to its archive, member, line and original bytes, with the store alone', async () => {
    const third = await json('trace', 'acme', DATE, 'orders', '--row', '3', '--original');
    expect(third).toMatchObject({
      table: 'orders',
      row: 3,
      canonical: '4,e',
      archive: { key: key('a') },
      member: member(2),
      line: 2,
      lineIsExact: true,
      original: { text: 'e,4', line: 2, offset: 8 },
    });
    const second = await json('trace', 'acme', DATE, 'orders', '--byte', String(third.byte - 1));
    expect(second).toMatchObject({ row: 2, canonical: '3,d', line: 5 });
    const [back] = await json('trace', 'acme', DATE, 'orders', '--member', member(2));
    expect(back).toMatchObject({
      rows: { first: 3, last: 3 },
      bytes: { from: third.byte, to: third.byte + 4 },
    });
    const text = await deployment.run('trace', 'acme', DATE, 'orders', '--row', '1');
    expect(text.stdout).toContain(`member    ${member(1)}, line 2`);
  });

  it('of a row that is not there, or of nothing, ends with 2', async () => {
    for (const args of [
      ['--row', '99'],
      ['--row', '0'],
      ['--byte', '1'],
      ['--row', 'x'],
      [],
      ['--row', '1', '--byte', '9'],
    ]) {
      const { code, stderr } = await deployment.run('trace', 'acme', DATE, 'orders', ...args);
      expect(code, args.join(' ')).toBe(2);
      expect(stderr).toContain('error:');
    }
  });
});

describe('quarantine', () => {
  it('lists what was set aside with its place, and shows its bytes without letting them do anything', async () => {
    const { items, counts, version, runId } = await json('quarantine', 'list', 'acme', DATE);
    expect({ version, counts }).toEqual({ version: 1, counts: { archives: 1, members: 1, rows: 1 } });
    expect(runId).toBeTruthy();
    expect(items).toMatchObject([
      { kind: 'member', code: 'member-empty', archive: key('a'), member: member(3) },
      { kind: 'row', code: 'row-type', archive: key('a'), member: member(1), row: 2, line: 3, offset: 12 },
      { kind: 'archive', code: 'archive-not-gzip', archive: key('c') },
    ]);
    const [empty, row, archive] = items;
    expect(await json('quarantine', 'show', 'acme', DATE, row.id)).toMatchObject({
      raw: { text: 'x2,"b\nc"', whole: true },
    });
    expect((await deployment.run('quarantine', 'show', 'acme', DATE, archive.id)).stdout).toContain(
      'bytes    no archive\\u{1b}[2J',
    );
    expect((await deployment.run('quarantine', 'show', 'acme', DATE, archive.id, '--raw')).stdout).toBe(
      'no archive\x1b[2J',
    );
    expect(await json('quarantine', 'show', 'acme', DATE, empty.id)).toMatchObject({ raw: { text: '' } });
    const table = await deployment.run('quarantine', 'list', 'acme', DATE);
    expect(table.stdout).toContain('1 archive, 1 member and 1 row set aside');
    expect((await deployment.run('quarantine', 'show', 'acme', DATE, 'nonsense')).code).toBe(2);
  });

  it('replay refuses to read again what would come out the same', async () => {
    const { code, stderr } = await deployment.run('quarantine', 'replay', 'acme', DATE);
    expect(code).toBe(2);
    expect(stderr).toContain('neither the rules nor the archives have changed');
  });

  it('replay under corrected rules reads the archives at fault again and no other, and counts before and after', async () => {
    await deployment.partner('acme', CORRECTED);
    const dry = await json('quarantine', 'replay', 'acme', DATE, '--dry-run');
    expect(dry.archives).toMatchObject([
      { archive: key('a'), state: 'other-rules', replay: true },
      { archive: key('c'), state: 'other-rules', replay: true },
    ]);
    const readsBefore = archiveReads(deployment.calls());
    const replay = await json('quarantine', 'replay', 'acme', DATE, '--archive', key('a'), '--wait');
    expect(replay).toMatchObject({
      before: { version: 1, archives: 1, members: 1, rows: 1 },
      after: { version: 2, archives: 1, members: 1, rows: 0 },
      failedTables: [],
    });
    const reads = archiveReads(deployment.calls());
    expect(reads.get(key('a'))).toBe(readsBefore.get(key('a'))! + 1);
    expect(reads.get(key('b'))).toBe(readsBefore.get(key('b')));
    const row = await json('trace', 'acme', DATE, 'orders', '--row', '2', '--original');
    expect(row).toMatchObject({
      version: 2,
      canonical: 'x2,"b\nc"',
      line: 3,
      original: { text: 'x2,"b\nc"' },
    });
    expect((await json('verify', 'acme', DATE)).ok).toBe(true);
  });

  it('replay takes up an archive that was sent again, and the finding closes', async () => {
    await land('c', { [member(9)]: 'id,note\n9,z\n' });
    await pause(2_500);
    const replay = await json('quarantine', 'replay', 'acme', DATE, '--wait');
    expect(replay).toMatchObject({
      before: { archives: 1 },
      after: { version: 3, archives: 0, members: 1, rows: 0 },
    });
  });

  it('replay of the whole day lets a rule across tables look at what was read before there was one', async () => {
    const rule = '{id: one-order, kind: unique, table: orders, columns: [id]}';
    await deployment.partner('acme', `${CORRECTED}quality: {rules: [${rule}]}\n`);
    const both = await deployment.run('quarantine', 'replay', 'acme', DATE, '--all', '--archive', key('a'));
    expect(both.code).toBe(2);
    const replay = await json('quarantine', 'replay', 'acme', DATE, '--all', '--wait');
    expect(replay).toMatchObject({ after: { version: 4, archives: 0, members: 1, rows: 0 } });
    const quality = await readFile(join(deployment.store, 'acme', DATE, 'v4/quality.json'), 'utf8');
    expect(JSON.parse(quality).rules).toMatchObject([{ rule: 'one-order', outcome: 'kept' }]);
  });
});
