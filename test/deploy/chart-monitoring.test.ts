import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Manifest, renderChart } from '../support/helm-chart.js';

const DASHBOARDS = 'deploy/grafana/dashboards';
const off = { metrics: { enabled: true } };
const on = { metrics: { enabled: true, prometheusRule: { enabled: true }, dashboards: { enabled: true } } };
const rulesOf = (manifests: Manifest[]) => manifests.filter(({ kind }) => kind === 'PrometheusRule');
const dashboardsOf = (manifests: Manifest[]) =>
  manifests.filter(({ metadata }) => metadata.labels?.grafana_dashboard === '1');

it('brings the very alert rules and dashboards of this repository, when asked to', async () => {
  const manifests = await renderChart(on);
  const [rules] = rulesOf(manifests);
  expect(rules.spec).toEqual(parse(readFileSync('deploy/prometheus/alerts.yaml', 'utf8')));
  const files = Object.assign({}, ...dashboardsOf(manifests).map(({ data }) => data));
  expect(Object.keys(files).sort()).toEqual(readdirSync(DASHBOARDS).sort());
  for (const [name, text] of Object.entries<string>(files))
    expect(JSON.parse(text), name).toEqual(JSON.parse(readFileSync(`${DASHBOARDS}/${name}`, 'utf8')));
});

it('brings neither unless asked to: they need operators of their own', async () => {
  const manifests = await renderChart(off);
  expect(rulesOf(manifests)).toEqual([]);
  expect(dashboardsOf(manifests)).toEqual([]);
});
