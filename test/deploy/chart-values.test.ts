import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CHART, helmTemplate, type Values } from '../support/helm-chart.js';

const controller = { enabled: true };
const tls = { enabled: true, caSecret: 'ca' };
const both = { tls: { enabled: true, clientSecret: 'tls' }, apiKey: { existingSecret: 'key' } };

/** A mistake, and what the person must be able to read about it. */
const BROKEN: [string, Values, RegExp][] = [
  ['no image', { image: { repository: '' } }, /image\.repository is not set/],
  ['no store', { store: { url: '' } }, /store\.url is not set/],
  ['no Temporal', { temporal: { address: '' } }, /temporal\.address is not set/],
  ['a store of one machine', { store: { url: 'file:///data' } }, /store[./]url/],
  ['an address without a port', { temporal: { address: 'temporal' } }, /temporal[./]address/],
  ['a misspelt name', { autoscalling: {} }, /autoscalling/],
  ['a misspelt name further in', { roles: { extract: { slot: 2 } } }, /roles[./]extract.*slot/s],
  ['a role nobody has', { roles: { load: {} } }, /roles.*load/s],
  ['a text where a number belongs', { autoscaling: { maxReplicas: 'four' } }, /autoscaling[./]maxReplicas/],
  ['no pods', { autoscaling: { minReplicas: 0 } }, /autoscaling[./]minReplicas/],
  ['an unknown autoscaler', { autoscaling: { mode: 'vpa' } }, /autoscaling[./]mode/],
  ['fewer at most than at least', { autoscaling: { maxReplicas: 1 } }, /extract: minReplicas \(2\) is more/],
  [
    'the same for one role',
    { roles: { merge: { autoscaling: { minReplicas: 9 } } } },
    /merge: minReplicas \(9\) is more than maxReplicas \(4\)/,
  ],
  [
    'another autoscaler for one role',
    { roles: { merge: { autoscaling: { mode: 'keda' } } } },
    /roles[./]merge[./]autoscaling/,
  ],
  [
    'a percentage of nothing',
    { roles: { extract: { resources: { requests: { cpu: null } } } } },
    /roles\.extract\.resources\.requests\.cpu is not set/,
  ],
  ['an amount that is none', { roles: { merge: { resources: { limits: { memory: '1 GB' } } } } }, /memory/],
  ['a pod killed while it drains', { terminationGracePeriodSeconds: 80 }, /must exceed graceSeconds \(60\)/],
  [
    'a drain too long for its pod',
    { graceSeconds: 100 },
    /terminationGracePeriodSeconds \(120\) must exceed/,
  ],
  ['half a version', { versioning: { buildId: '1' } }, /needs both deploymentName and buildId/],
  [
    'two who name versions',
    { workerController: controller, versioning: { deploymentName: 'a', buildId: 'b' } },
    /leave `versioning` empty/,
  ],
  [
    'steps that are missing',
    { workerController: { enabled: true, rollout: { strategy: 'Progressive' } } },
    /workerController[./]rollout/,
  ],
  ['TLS settings without TLS', { temporal: { tls: { caSecret: 'ca' } } }, /temporal\.tls\.enabled=true/],
  [
    'TLS as KEDA cannot speak it',
    { autoscaling: { mode: 'keda' }, temporal: { tls } },
    /KEDA speaks TLS to Temporal only with/,
  ],
  [
    'TLS as the controller cannot speak it',
    { workerController: controller, temporal: { tls } },
    /only with a/,
  ],
  ['two identities', { workerController: controller, temporal: both }, /or an API key, not both/],
  [
    'a configuration from two places',
    { config: { existingConfigMap: 'partners' } },
    /one of config\.partners and config\.existingConfigMap/,
  ],
  ['a claim and partners', { config: { existingClaim: 'config' } }, /holds the whole configuration/],
  ['a partner no file may be named after', { config: { partners: { Acme: { id: 'Acme' } } } }, /Acme/],
  [
    'a partner without an id',
    { config: { partners: { beta: { name: 'Beta' } } } },
    /config[./]partners[./]beta/,
  ],
  ['a store in partnerday.yaml', { config: { settings: { store: 's3://x' } } }, /config[./]settings/],
  ['no role', { roles: off('control', 'extract', 'merge') }, /no worker role is enabled/],
  ['a monitor of nothing', { metrics: { serviceMonitor: { enabled: true } } }, /needs metrics\.enabled=true/],
];

function off(...roles: string[]): Values {
  return Object.fromEntries(roles.map((role) => [role, { enabled: false }]));
}

describe('a broken value is refused, and named', () => {
  it.each(BROKEN)('%s', async (_name, values, message) => {
    const { code, stderr } = await helmTemplate(values);
    expect(stderr).toMatch(message);
    expect(code).not.toBe(0);
  });
});

describe('values.yaml and values.schema.json', () => {
  const read = (name: string) => readFileSync(join(CHART, name), 'utf8');
  const values = parse(read('values.yaml'));
  const schema = JSON.parse(read('values.schema.json'));

  it('name the same values at the top', () => {
    const { global: _, ...declared } = schema.properties;
    expect(Object.keys(declared).sort()).toEqual(Object.keys(values).sort());
  });

  it('and the same ones below, wherever the schema closes a mapping', () => {
    const differing: string[] = [];
    const compare = (at: string, value: unknown, described: Values): void => {
      const target = described.$ref
        ? schema.definitions[String(described.$ref).split('/').pop()!]
        : described;
      if (target.additionalProperties !== false || typeof value !== 'object' || value === null) return;
      for (const name of Object.keys(value)) {
        const property = target.properties[name];
        if (property) compare(`${at}.${name}`, (value as Values)[name], property);
        else differing.push(`${at}.${name}`);
      }
    };
    compare('', values, schema);
    expect(differing).toEqual([]);
  });

  it('and the chart has the version of the program', () => {
    const { appVersion } = parse(read('Chart.yaml'));
    expect(appVersion).toBe(JSON.parse(readFileSync('package.json', 'utf8')).version);
  });
});
