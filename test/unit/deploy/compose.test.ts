import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { MATCHING_SETTINGS } from '../../../src/cli/environment/matching-settings.js';
import { searchAttributes } from '../../../src/workflows/search-attributes.js';

interface Service {
  environment?: Record<string, string>;
  image: string;
  build?: string;
  profiles?: string[];
  restart?: string;
  command?: string[];
  healthcheck?: { test: string[] };
  ports?: string[];
  depends_on?: Record<string, { condition: string; required?: boolean }>;
}

const file = readFileSync('docker-compose.yml', 'utf8');
const compose: {
  services: Record<string, Service>;
  configs: Record<string, { content: string }>;
} = parse(file, { merge: true });
const services = Object.entries(compose.services);
/** A job runs to its end; everything else is kept running. */
const isJob = ([, service]: [string, Service]) => service.restart === undefined;

const SERVERS = ['temporal-dev', 'temporal-server'];

describe('docker-compose.yml', () => {
  it.each(services)('%s runs a pinned image', (_name, { image }) => {
    expect(image).toMatch(/:v?\d+\.\d+\.?\d*[\w.-]*$/);
  });

  it.each(services.filter((entry) => !isJob(entry)))('%s has a health check', (_name, service) => {
    expect(service.healthcheck?.test[0]).toMatch(/^CMD(-SHELL)?$/);
  });

  it.each(services)('%s waits for health of what runs and for the end of what is a job', (name, service) => {
    for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
      const target = services.find(([other]) => other === needed);
      expect(target, `${name} depends on ${needed}`).toBeDefined();
      expect(condition).toBe(isJob(target!) ? 'service_completed_successfully' : 'service_healthy');
    }
  });

  it.each(services)(
    '%s depends on a service of a profile only if it shares it or can do without',
    (_name, service) => {
      for (const [needed, { required }] of Object.entries(service.depends_on ?? {})) {
        const profiles = compose.services[needed]!.profiles ?? [];
        const alwaysTogether = profiles.length === 0 || service.profiles?.every((p) => profiles.includes(p));
        if (!alwaysTogether) expect(required).toBe(false);
      }
    },
  );

  it('opens no port to other machines', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('switches fairness on in the development server', () => {
    const command = compose.services['temporal-dev']!.command;
    for (const [name, value] of Object.entries(MATCHING_SETTINGS)) {
      expect(command).toContain(`--dynamic-config-value=${name}=${value}`);
    }
  });

  it('switches fairness on in the full server', () => {
    const settings = parse(compose.configs['temporal-dynamic-config']!.content);
    for (const [name, value] of Object.entries(MATCHING_SETTINGS))
      expect(settings[name]).toEqual([{ value }]);
  });

  it('registers every search attribute of the workflows in both shapes', () => {
    const types: Record<string, string> = {
      KEYWORD: 'Keyword',
      DATETIME: 'Datetime',
      DOUBLE: 'Double',
      INT: 'Int',
      KEYWORD_LIST: 'KeywordList',
    };
    const job = compose.services['temporal-namespace']!.command!.join(' ');
    for (const { name, type } of Object.values(searchAttributes)) {
      expect(compose.services['temporal-dev']!.command).toContain(
        `--search-attribute=${name}=${types[type]}`,
      );
      expect(job).toContain(`--name ${name} --type ${types[type]}`);
    }
  });

  it('serves the pages to this machine alone, with probes the health check finds', () => {
    const { serve } = compose.services;
    expect(serve).toMatchObject({ command: ['serve', '--host', '0.0.0.0'], ports: ['127.0.0.1:8088:8088'] });
    expect(serve!.environment).toMatchObject({ PARTNERDAY_PROBE_PORT: '8080' });
  });

  it('has a worker for every role, behind whichever server the profile starts', () => {
    const roles = services
      .filter(([, { command }]) => command?.[0] === 'worker')
      .map(([, s]) => s.command![2]);
    expect(roles.sort()).toEqual(['control', 'extract', 'merge']);
    expect(compose.services.serve!.command!.slice(0, 3)).toEqual(['serve', '--host', '0.0.0.0']);
    for (const server of SERVERS) expect(compose.services[server]!.profiles).toHaveLength(1);
    expect(readFileSync('.env', 'utf8')).toContain('COMPOSE_PROFILES=dev');
  });
});
