import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildDemo } from '../../src/demo/build-demo.js';
import { freePort } from '../../src/tools/free-port.js';
import { Deployment } from '../support/deployment.js';
import { Prometheus } from '../support/prometheus.js';
import { scrapeUntil } from '../support/scraped.js';
import { startTemporal } from '../support/temporal-server.js';

interface Panel {
  id: number;
  type: string;
  title: string;
  targets?: { expr: string }[];
}
interface Dashboard {
  uid: string;
  title: string;
  panels: Panel[];
  templating: { list: { name: string; query: string | { query: string } }[] };
}

const DIRECTORY = 'deploy/grafana/dashboards';
const dashboards = readdirSync(DIRECTORY)
  .filter((name) => name.endsWith('.json'))
  .map((name): Dashboard => JSON.parse(readFileSync(join(DIRECTORY, name), 'utf8')));
const queries = dashboards.flatMap(({ title, panels }) =>
  panels.flatMap((panel) =>
    (panel.targets ?? []).map(({ expr }) => ({ name: `${title}: ${panel.title}`, expr })),
  ),
);

/** What Grafana would put in, for a run of a minute that is scraped every second. */
function filledIn(expression: string): string {
  return expression
    .replaceAll('$__rate_interval', '20s')
    .replaceAll('$__range', '10m')
    .replaceAll('$partner', '.*');
}

describe('the dashboards, by a Prometheus that scraped a worker through the days of the demo', () => {
  let temporal: TestWorkflowEnvironment;
  let deployment: Deployment;
  let prometheus: Prometheus;
  let from: Date;
  let to: Date;

  beforeAll(async () => {
    from = new Date();
    temporal = await startTemporal();
    const port = await freePort();
    prometheus = await Prometheus.start(port);
    deployment = await Deployment.create(temporal);
    const { partners, dates } = await buildDemo(join(deployment.dir, 'demo'));
    const demo = deployment.beside('demo');
    // A fourth partner: late, and so poor that its day is held.
    await writeFile(
      join(demo.dir, 'partners', 'late.yaml'),
      'id: late\nsources: [{deadline: "06:00", afterDeadline: proceed}]\nquality: {holdBelow: 100}\n',
    );
    await mkdir(join(demo.store, 'landing/late', dates[0]!), { recursive: true });
    await writeFile(join(demo.store, 'landing/late', dates[0]!, 'broken.tar.gz'), 'no archive');
    await demo.startWorker({ PARTNERDAY_METRICS_PORT: String(port) });
    expect((await demo.run('arrive', 'late', dates[0]!)).code).toBe(0);
    for (const date of dates) {
      await Promise.all(partners.map(({ id }) => demo.run('run', id, date, '--wait')));
    }
    const counts = (name: string, code?: string) => (metrics: Awaited<ReturnType<typeof scrapeUntil>>) =>
      metrics.get(name)?.samples.some(({ labels }) => code === undefined || labels.code === code) ?? false;
    await scrapeUntil(port, 'the held day', counts('partnerday_publications', 'held'));
    await scrapeUntil(port, 'tables given up', counts('partnerday_tables_given_up'));
    // Two more scrapes and evaluations of what came last.
    await pause(3_000);
    to = new Date();
  }, 240_000);

  afterAll(async () => {
    await prometheus?.stop();
    await deployment?.stop();
    await temporal?.teardown();
  });

  it.each(queries)('$name shows data', async ({ name, expr }) => {
    const series = await prometheus.range(filledIn(expr), from, to);
    const points = series.flatMap(({ values }) => values.map(([, value]) => Number(value)));
    expect(points.filter(Number.isFinite).length, `${name}: ${filledIn(expr)}`).toBeGreaterThan(0);
  });

  it('offer every partner in their menu', async () => {
    const menus = dashboards.flatMap(({ templating }) => templating.list.map(({ query }) => query));
    const [menu] = menus.flatMap((query) => (typeof query === 'string' ? [] : [query.query]));
    const [, metric, label] = /^label_values\((\w+), (\w+)\)$/.exec(menu!)!;
    const series = await prometheus.range(metric!, from, to);
    expect(series.map(({ metric: labels }) => labels[label!]).sort()).toEqual(
      expect.arrayContaining(['late', 'terra']),
    );
  });

  it('show what was planted: a table given up, a held day, a missed deadline', async () => {
    const last = async (query: string) => {
      const series = await prometheus.range(query, to, to);
      return Object.fromEntries(
        series.map(({ metric, values }) => [metric.partner, Number(values.at(-1)![1])]),
      );
    };
    expect(await last('sum by (partner) (partnerday_tables_given_up)')).toEqual({ terra: 1 });
    expect(await last('sum by (partner) (partnerday_publications{code="held"})')).toEqual({ late: 1 });
    expect(await last('sum by (partner) (partnerday_deadline_alerts{code="deadline-passed"})')).toEqual({
      late: 1,
    });
    expect((await last('partnerday:score')).late).toBeLessThan(100);
  });
});

describe('the dashboard files', () => {
  it('are three, told apart by their ids, and so are their panels', () => {
    expect(dashboards.map(({ uid }) => uid).sort()).toEqual([
      'partnerday-fleet',
      'partnerday-ingestion',
      'partnerday-quality',
    ]);
    for (const { panels } of dashboards) expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(queries.length).toBeGreaterThan(40);
  });

  it('leave the data source and the partner to whoever looks', () => {
    for (const name of readdirSync(DIRECTORY).filter((file) => file.endsWith('.json'))) {
      const text = readFileSync(join(DIRECTORY, name), 'utf8');
      const uids = [...text.matchAll(/"uid": "([^"]*)"/g)].map(([, uid]) => uid!);
      expect(
        uids.filter((uid) => uid !== '$'.concat('{datasource}') && !uid.startsWith('partnerday-')),
      ).toEqual([]);
    }
  });
});
