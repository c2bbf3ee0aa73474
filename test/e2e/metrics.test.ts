import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METRICS, type MetricSpec } from '../../src/metrics/metric-catalogue.js';
import { freePort } from '../../src/tools/free-port.js';
import { Deployment, publishedHashes } from '../support/deployment.js';
import { type GeneratedLanding, generateLanding } from '../support/landing.js';
import { startCli } from '../support/real-cli.js';
import { type ScrapedMetric, scrapeUntil } from '../support/scraped.js';
import { startTemporal } from '../support/temporal-server.js';

const DATE = '2026-11-20';
const TABLES = ['orders', 'room_rates', 'stays'];
const LANDING = { partner: 'acme', date: DATE, archives: 6, tables: TABLES };
/** What fails is given up after a try in each of two rounds. */
const TWICE = 'policies: {merge: {tries: 1}, requeue: {rounds: 1, delay: 100ms}}\n';

const catalogue = Object.entries(METRICS) as [string, MetricSpec][];

describe('the metrics of a worker', () => {
  let temporal: TestWorkflowEnvironment;
  let deployment: Deployment;
  let landing: GeneratedLanding;
  let metrics: Map<string, ScrapedMetric>;

  const value = (name: string, labels: Record<string, string>) =>
    metrics
      .get(name)
      ?.samples.filter(({ labels: has }) => Object.entries(labels).every(([key, want]) => has[key] === want))
      .reduce((sum, sample) => sum + sample.value, 0);

  beforeAll(async () => {
    temporal = await startTemporal();
    deployment = await Deployment.create(temporal);
    await deployment.partner('acme', TWICE);
    landing = await generateLanding(deployment.store, LANDING);
    await writeFile(join(deployment.store, `landing/acme/${DATE}/broken.tar.gz`), 'no archive');
    // Where the file should be a directory stands: every try to write the table fails.
    await mkdir(join(deployment.store, `acme/${DATE}/v1/stays.csv`), { recursive: true });
    await deployment.partner('late', 'sources: [{deadline: "06:00", afterDeadline: wait}]\n');
    const port = await freePort();
    await deployment.startWorker({ PARTNERDAY_METRICS_PORT: String(port) });
    await deployment.run('arrive', 'late', DATE);
    const run = await deployment.run('run', 'acme', DATE, '--wait');
    expect(run.code, run.stderr).toBe(1);
    metrics = await scrapeUntil(
      port,
      'every metric of the catalogue',
      (seen) =>
        catalogue.every(([name]) => seen.has(name)) &&
        seen.get('partnerday_deadline_alerts')!.samples.some(({ value: count }) => count > 0),
    );
    await temporal.client.workflow.getHandle(`partner-day/late/${DATE}`).terminate();
  }, 180_000);

  afterAll(async () => {
    await deployment?.stop();
    await temporal?.teardown();
  });

  it('stand on one page with those of the SDK, each as the catalogue says, and no other', () => {
    for (const [name, { kind, help }] of catalogue) {
      expect(metrics.get(name), name).toMatchObject({ type: kind, help });
    }
    const ours = [...metrics.keys()].filter((name) => name.startsWith('partnerday_'));
    expect(ours.sort()).toEqual(catalogue.map(([name]) => name).sort());
    expect([...metrics.keys()].filter((name) => name.startsWith('temporal_')).length).toBeGreaterThan(10);
  });

  it('have the labels of the catalogue only: no file, no date, no column', () => {
    for (const [name, { labels }] of catalogue) {
      for (const sample of metrics.get(name)!.samples) {
        expect(Object.keys(sample.labels).sort(), name).toEqual([...labels].sort());
      }
    }
  });

  it('are those of the documentation, those of the SDK included', () => {
    const page = readFileSync('docs/metrics.md', 'utf8');
    const rows = [...page.matchAll(/^\| `(partnerday_\w+)` \|.*$/gm)].map(([row]) => row);
    expect(rows).toEqual(
      catalogue.map(
        ([name, { kind, labels, help }]) =>
          `| \`${name}\` | ${kind} | ${labels.join(', ') || '–'} | ${help} |`,
      ),
    );
    const named = [...page.matchAll(/^\| `(temporal_\w+)` \| (\w+) \| (.*) \|$/gm)];
    const always = named.filter(([, , , says]) => !says!.includes('there from the first'));
    expect(always.length).toBeGreaterThan(8);
    for (const [, name, kind] of always) expect(metrics.get(name!)?.type, name).toBe(kind);
  });

  it('count archives, members, rows and bytes as they are', () => {
    const partner = 'acme';
    expect(value('partnerday_archives', { partner, code: 'whole' })).toBe(landing.archives.length);
    expect(value('partnerday_archives', { partner, code: 'rejected' })).toBe(1);
    const bytes = landing.archives.reduce((sum, archive) => sum + archive.bytes, 0);
    expect(value('partnerday_archive_bytes', { partner })).toBe(bytes + 'no archive'.length);
    expect(value('partnerday_members', { partner, code: 'loaded' })).toBe(landing.members);
    const rows = Object.values(landing.rows).reduce((sum, count) => sum + count, 0);
    expect(value('partnerday_rows', { partner, code: 'loaded' })).toBe(rows);
    for (const table of ['orders', 'room_rates'])
      expect(value('partnerday_table_rows', { partner, table })).toBe(landing.rows[table]);
    expect(value('partnerday_findings', { partner, stage: 'extract', code: 'archive-not-gzip' })).toBe(1);
  });

  it('tell what failed, what is missing and what was published', () => {
    const partner = 'acme';
    expect(value('partnerday_failed_tries', { partner, stage: 'compose' })).toBe(2);
    expect(value('partnerday_tables_given_up', { partner })).toBe(1);
    expect(value('partnerday_tables', { partner, code: 'merged' })).toBe(2);
    expect(value('partnerday_tables', { partner, code: 'failed' })).toBe(1);
    expect(value('partnerday_publications', { partner, code: 'published' })).toBe(1);
    expect(value('partnerday_published_date_seconds', { partner })).toBe(Date.parse(DATE) / 1_000);
    expect(value('partnerday_deadline_alerts', { partner: 'late', code: 'deadline-passed' })).toBe(1);
    expect(value('partnerday_score', { partner })).toBeGreaterThan(0);
  });
});

describe('metrics that cannot be served', () => {
  let temporal: TestWorkflowEnvironment;
  const open: Deployment[] = [];
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterAll(async () => {
    for (const deployment of open) await deployment.stop();
    await temporal?.teardown();
  });

  const publishedWith = async (partner: string, env: NodeJS.ProcessEnv) => {
    const deployment = await Deployment.create(temporal);
    open.push(deployment);
    await deployment.partner(partner, '');
    await generateLanding(deployment.store, { ...LANDING, partner });
    const worker = await deployment.startWorker(env);
    const run = await deployment.run('run', partner, DATE, '--wait');
    expect(run.code, run.stderr).toBe(0);
    worker.kill('SIGKILL');
    return publishedHashes(deployment.store, partner, DATE);
  };

  it('for their port is taken change nothing of a day', async () => {
    const taken = createServer().listen(0, '0.0.0.0');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    try {
      const with_ = await publishedWith('taken', { PARTNERDAY_METRICS_PORT: String(port) });
      expect(with_).toEqual(await publishedWith('quiet', {}));
    } finally {
      taken.close();
    }
  });

  it('for their port is no port are a mistake that is told at once', async () => {
    const deployment = await Deployment.create(temporal);
    open.push(deployment);
    const env = { ...deployment.env, PARTNERDAY_METRICS_PORT: 'abc' };
    const worker = await startCli(['worker', '--config', deployment.dir], { cwd: deployment.dir, env })
      .result;
    expect(worker.code).toBe(2);
    expect(worker.stderr).toContain('PARTNERDAY_METRICS_PORT=abc: expected a port, 1 to 65535');
  });
});
