import { cp, mkdir, mkdtemp, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { partnerConfigSchema } from '../../src/config/partner-config.js';
import { buildDemo } from '../../src/demo/build-demo.js';
import type { DemoPlan } from '../../src/demo/demo-plan.js';
import type { ObjectStore } from '../../src/store/object-store.js';
import { openStore } from '../../src/store/open-store.js';
import { archiveReads, Deployment } from '../support/deployment.js';
import { landedArchives, readIndependently } from '../support/independent-read.js';
import { startTemporal } from '../support/temporal-server.js';
import { startVersitygw, type Versitygw } from '../support/versitygw.js';

interface Day {
  status: string;
  version: number;
  tables: {
    table: string;
    status: string;
    files: number;
    rows: number;
    headerConsistent: boolean;
    nullRatio: number;
    missingFields: string[];
    error: string | null;
    key: string | null;
  }[];
  findings: { code: string; archive?: string }[];
  ledger: { holds: boolean };
}

describe.each(['file', 's3'] as const)(
  'three partners with real tables over two dates, on the %s store',
  (kind) => {
    let temporal: TestWorkflowEnvironment;
    let deployment: Deployment;
    let s3: Versitygw | undefined;
    let demo: DemoPlan;
    let store: ObjectStore;
    let scratch: string;
    const days = new Map<string, Day>();

    beforeAll(async () => {
      temporal = await startTemporal();
      scratch = await mkdtemp(join(tmpdir(), 'partnerday-demo-'));
      demo = await buildDemo(join(scratch, 'demo'));
      if (kind === 's3') {
        s3 = await startVersitygw();
        // The landing as it is; what stands in the way of a merge on a file system is not a thing of S3.
        await cp(join(demo.store, 'landing'), join(s3.dataDir, s3.bucket, 'landing'), { recursive: true });
      }
      deployment = await Deployment.create(
        temporal,
        s3 ? { ...s3.env, PARTNERDAY_STORE: `s3://${s3.bucket}` } : { PARTNERDAY_STORE: demo.storeUrl },
      );
      await cp(join(demo.dir, 'partners'), join(deployment.dir, 'partners'), { recursive: true });
      store = await openStore(deployment.env.PARTNERDAY_STORE!, deployment.env);
      await deployment.startWorker();
      for (const date of demo.dates) {
        await Promise.all(
          demo.partners.map(async ({ id }) => {
            const run = await deployment.run('run', id, date, '--wait', '-o', 'json');
            expect([0, 1], run.stderr).toContain(run.code);
            days.set(`${id} ${date}`, JSON.parse(run.stdout) as Day);
          }),
        );
      }
    }, 240_000);
    afterAll(async () => {
      await store?.close();
      await deployment?.stop();
      await s3?.stop();
      await temporal?.teardown();
      if (scratch) await rm(scratch, { recursive: true });
    });

    it('publishes every table row by row as Python reads the same archives', async () => {
      for (const { id } of demo.partners) {
        for (const date of demo.dates) await sameAsPython(id, date);
      }
    }, 120_000);

    async function sameAsPython(id: string, date: string): Promise<void> {
      const config = partnerConfigSchema.parse(
        parse(await readFile(join(demo.dir, 'partners', `${id}.yaml`), 'utf8')),
      );
      const day = days.get(`${id} ${date}`)!;
      const published: Record<string, string> = {};
      for (const { table, key } of day.tables) {
        if (key === null) continue;
        const copy = join(scratch, `${kind}-${id}-${date}-${table}.csv`);
        await writeFile(copy, await store.getBytes(key));
        published[table] = copy;
      }
      const reading = await readIndependently({
        archives: await landedArchives(demo.store, id, date),
        date,
        config,
        published,
      });
      expect(Object.keys(reading.tables).sort()).toEqual(day.tables.map(({ table }) => table).sort());
      for (const table of day.tables) {
        const expected = reading.tables[table.table]!;
        const where = `${id} ${date} ${table.table}`;
        // Python counts whole members; ours counts the one a cut archive broke off, too, as quarantined.
        const broken = reading.archives.filter(({ outcome }) => outcome !== 'whole').length;
        expect(table.files - expected.files, where).toBeGreaterThanOrEqual(0);
        expect(table.files - expected.files, where).toBeLessThanOrEqual(broken);
        expect(table.headerConsistent, where).toBe(expected.headerConsistent);
        if (table.status !== 'merged') continue;
        // On the second date a table keeps the order of the first; Python takes the order of appearance.
        if (date === demo.dates[0]) expect(expected.difference, where).toBeNull();
        expect(table.rows, where).toBe(expected.rows);
        expect(table.nullRatio, where).toBeCloseTo(
          expected.nullCells / Math.max(1, expected.rows * expected.columns.length),
          6,
        );
      }
    }

    it('finds everything that was planted', () => {
      for (const { kind: plant, partner, date, where, expect: expected } of demo.planted) {
        if (plant === 'unwritable' && kind === 's3') continue;
        const day = days.get(`${partner} ${date}`)!;
        for (const code of expected.findings) {
          expect(
            day.findings.map((finding) => finding.code),
            `${plant}: ${where}`,
          ).toContain(code);
        }
        const failed = expected.failedTable;
        if (failed)
          expect(day.tables.find(({ table }) => table === failed.table)).toMatchObject({ status: 'failed' });
        expect(day).toMatchObject({ status: 'published', ledger: { holds: true } });
      }
    });

    it.runIf(kind === 'file')(
      'merges the failed table by "retry" once its cause is gone, without reading an archive',
      async () => {
        const { partner, date, fix, table } = demo.planted.find(({ kind: plant }) => plant === 'unwritable')!;
        const before = archiveReads(deployment.calls());
        await rmdir(fix!.removeDirectory);
        const retry = await deployment.run('retry', partner, date, '--wait', '-o', 'json');
        expect(retry.code, retry.stderr).toBe(0);
        expect(archiveReads(deployment.calls())).toEqual(before);
        const pointer = JSON.parse((await store.getBytes(`${partner}/${date}/published.json`)).toString());
        expect(pointer.version).toBe(2);
        expect(pointer.tables.find((entry: { table: string }) => entry.table === table)).toMatchObject({
          status: 'merged',
        });
        days.set(
          `${partner} ${date}`,
          JSON.parse((await deployment.run('status', partner, date, '-o', 'json')).stdout),
        );
      },
    );

    it('is a no-op when a published day is run again: same version, no archive read', async () => {
      const { id } = demo.partners[0]!;
      const before = archiveReads(deployment.calls());
      const again = await deployment.run('run', id, demo.dates[0]!, '--wait', '-o', 'json');
      expect(again.code, again.stderr).toBe(0);
      expect(JSON.parse(again.stdout).version).toBe(1);
      expect(archiveReads(deployment.calls())).toEqual(before);
    });

    it('verifies what was published, and notices a byte changed by hand', async () => {
      const { id } = demo.partners[0]!;
      const [date] = demo.dates;
      const intact = await deployment.run('verify', id, date!);
      expect(intact.code, intact.stderr).toBe(0);
      const { table, key } = days.get(`${id} ${date}`)!.tables.find((entry) => entry.rows > 0)!;
      const path = s3 ? join(s3.dataDir, s3.bucket, key!) : join(demo.store, key!);
      const bytes = await readFile(path);
      bytes[bytes.length - 2] = bytes[bytes.length - 2] === 0x31 ? 0x32 : 0x31;
      await mkdir(scratch, { recursive: true });
      await writeFile(path, bytes);
      const tampered = await deployment.run('verify', id, date!);
      expect(tampered.code).toBe(1);
      expect(tampered.stdout).toContain(table);
    });
  },
);
