import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { METRICS } from '../../src/metrics/metric-catalogue.js';
import { ensurePromtool } from '../../src/tools/ensure-prometheus.js';
import { metricNames } from '../support/metric-names.js';

const RULES = 'deploy/prometheus/alerts.yaml';

interface Rule {
  alert?: string;
  record?: string;
  expr: string;
  annotations?: { summary: string; runbook: string };
}
interface RuleTest {
  alert_rule_test: { alertname: string; exp_alerts: unknown[] }[];
}

const rules: Rule[] = parse(readFileSync(RULES, 'utf8')).groups.flatMap(
  ({ rules }: { rules: Rule[] }) => rules,
);
const alerts = rules.filter((rule) => rule.alert !== undefined);
const cases = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.promtool.yaml'));

describe('the alert rules', () => {
  let promtool: string;
  beforeAll(async () => {
    promtool = (await ensurePromtool()).path;
  });

  const run = (...args: string[]) => spawnSync(promtool, args, { encoding: 'utf8' });

  it('are rules Prometheus loads', () => {
    const { status, stdout, stderr } = run('check', 'rules', RULES);
    expect(status, stdout + stderr).toBe(0);
  });

  it.each(cases)('fire for their causes only: %s', (name) => {
    const { status, stdout, stderr } = run('test', 'rules', join(import.meta.dirname, name));
    expect(status, stdout + stderr).toBe(0);
  });

  it('are each seen to fire in those cases', () => {
    const tests = cases.flatMap(
      (name): RuleTest[] => parse(readFileSync(join(import.meta.dirname, name), 'utf8')).tests,
    );
    const fired = tests
      .flatMap(({ alert_rule_test }) => alert_rule_test)
      .filter(({ exp_alerts }) => exp_alerts.length > 0)
      .map(({ alertname }) => alertname);
    expect(alerts.map(({ alert }) => alert).filter((name) => !fired.includes(name!))).toEqual([]);
  });

  it('ask for metrics that exist', () => {
    const page = readFileSync('docs/metrics.md', 'utf8');
    const recorded = rules.map(({ record }) => record);
    const unknown = rules
      .flatMap(({ expr }) => metricNames(expr))
      .filter((name) => !(name in METRICS) && !recorded.includes(name) && name !== 'up')
      .filter((name) => !page.includes(`\`${name}\``));
    expect(unknown).toEqual([]);
  });
});

describe('the runbook', () => {
  const page = readFileSync('docs/operations.md', 'utf8');
  const entries = new Map(
    page
      .split(/^### /m)
      .slice(1)
      .map((entry) => [entry.slice(0, entry.indexOf('\n')).trim(), entry]),
  );

  it.each(alerts)(
    'says of $alert what it means, what to look at and what to type',
    ({ alert, annotations }) => {
      expect(annotations!.runbook).toBe(`docs/operations.md#${alert!.toLowerCase()}`);
      const entry = entries.get(alert!);
      expect(entry, `docs/operations.md has a section ### ${alert}`).toBeDefined();
      for (const part of ['**Means**', '**Look at**', '**Type**']) expect(entry).toContain(part);
    },
  );

  it('has no entry for an alert there is not', () => {
    const named = [...entries.keys()].filter((title) => title.startsWith('Partnerday'));
    expect(named.filter((title) => !alerts.some(({ alert }) => alert === title))).toEqual([]);
  });
});
