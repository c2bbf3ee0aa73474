import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true });
const prometheus = parse(readFileSync('deploy/prometheus/prometheus.yml', 'utf8'));
const provisioning = 'deploy/grafana/provisioning';

/** What a service sees at a path of its own, from the directories that are mounted into it. */
function mounted(service: string, path: string): string | undefined {
  const volumes: string[] = compose.services[service].volumes;
  for (const [from, to] of volumes.map((volume) => volume.split(':'))) {
    if (from!.startsWith('./') && (path === to || path.startsWith(`${to}/`))) return path.replace(to!, from!);
  }
  return undefined;
}

describe('in docker-compose.yml', () => {
  it('Prometheus scrapes every worker at the port it serves its metrics on', () => {
    const [{ dns_sd_configs }] = prometheus.scrape_configs;
    const workers = Object.entries<{ command?: string[]; environment: Record<string, string> }>(
      compose.services,
    ).filter(([, { command }]) => command?.[0] === 'worker');
    expect(workers).toHaveLength(3);
    for (const [name, { environment }] of workers) {
      expect(dns_sd_configs[0].names).toContain(name);
      expect(environment.PARTNERDAY_METRICS_PORT).toBe(String(dns_sd_configs[0].port));
    }
    for (const name of dns_sd_configs[0].names) expect(compose.services).toHaveProperty(name);
  });

  it('Prometheus finds its configuration and the alert rules', () => {
    const flag = compose.services.prometheus.command.find((part: string) =>
      part.startsWith('--config.file='),
    );
    const file = mounted('prometheus', flag.slice('--config.file='.length))!;
    expect(existsSync(file)).toBe(true);
    for (const rules of prometheus.rule_files)
      expect(existsSync(file.replace('prometheus.yml', rules))).toBe(true);
  });

  it('Grafana finds its data source, which is Prometheus, and the dashboards', () => {
    expect(mounted('grafana', '/etc/grafana/provisioning')).toBe(`./${provisioning}`);
    const { datasources } = parse(readFileSync(`${provisioning}/datasources/prometheus.yaml`, 'utf8'));
    const { hostname, port } = new URL(datasources[0].url);
    expect(compose.services[hostname].ports).toContain(`127.0.0.1:${port}:${port}`);
    expect(datasources[0].jsonData.timeInterval).toBe(prometheus.global.scrape_interval);
    const { providers } = parse(readFileSync(`${provisioning}/dashboards/partnerday.yaml`, 'utf8'));
    const directory = mounted('grafana', providers[0].options.path)!;
    expect(readdirSync(directory).filter((name) => name.endsWith('.json'))).toHaveLength(3);
  });

  it('no worker waits for what only watches', () => {
    for (const name of ['worker-control', 'worker-extract', 'worker-merge'])
      for (const watcher of ['prometheus', 'grafana', 'redis'])
        expect(compose.services[name].depends_on).not.toHaveProperty(watcher);
  });
});
