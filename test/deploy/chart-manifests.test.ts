import { describe, expect, it } from 'vitest';
import { asApplied, kubeconform, type Manifest, renderChart, type Values } from '../support/helm-chart.js';

const everything: Values = {
  store: { endpoint: 'https://s3.example.com:7070', existingSecret: 's3' },
  temporal: {
    address: 'temporal.example.com:7233',
    tls: { enabled: true, clientSecret: 'temporal-tls', caSecret: 'temporal-ca', serverName: 'temporal' },
  },
  config: { settings: { ui: { url: 'https://temporal.example.com' } } },
  image: { digest: `sha256:${'a'.repeat(64)}` },
  imagePullSecrets: [{ name: 'registry' }],
  extraEnv: [{ name: 'SLACK', valueFrom: { secretKeyRef: { name: 'slack', key: 'url' } } }],
  metrics: {
    enabled: true,
    serviceMonitor: { enabled: true, labels: { release: 'monitoring' } },
    prometheusRule: { enabled: true, labels: { release: 'monitoring' } },
    dashboards: { enabled: true },
  },
  networkPolicy: {
    temporalPeers: [{ namespaceSelector: { matchLabels: { team: 'temporal' } } }],
    storePeers: [{ ipBlock: { cidr: '10.0.0.0/8' } }],
    extraEgress: [{ ports: [{ port: 6379 }] }],
  },
  spot: { tolerations: [{ key: 'spot', operator: 'Exists', effect: 'NoSchedule' }] },
  serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/partnerday' } },
  podDisruptionBudget: { maxUnavailable: '25%' },
  nodeSelector: { 'kubernetes.io/arch': 'amd64' },
  priorityClassName: 'nightly',
};
const controller = { workerController: { enabled: true } };
const keda = { autoscaling: { mode: 'keda' } };
const VARIANTS: Record<string, Values> = {
  'as little as possible': {},
  'every option': everything,
  'a fixed number of pods': { autoscaling: { mode: 'none' } },
  KEDA: keda,
  'KEDA with mTLS': { ...everything, ...keda },
  'KEDA with an API key': { ...keda, temporal: { apiKey: { existingSecret: 'cloud' } } },
  'Worker Controller': controller,
  'Worker Controller with KEDA': { ...everything, ...controller, ...keda },
  'Worker Controller, progressive': {
    workerController: {
      enabled: true,
      rollout: { strategy: 'Progressive', steps: [{ rampPercentage: 10, pauseDuration: '30m' }] },
    },
  },
  'worker versions without a controller': { versioning: { deploymentName: 'partnerday', buildId: '0.1.0' } },
  'the HTTP interface': { roles: { serve: { enabled: true, existingSecrets: ['tokens'] } } },
  'alerts and Airflow': { roles: { control: { existingSecrets: ['webhooks', 'airflow'] } } },
  'one role alone': { roles: { control: { enabled: false }, merge: { enabled: false } } },
  'configuration from a claim': { config: { existingClaim: 'config', claimSubPath: 'prod', partners: null } },
  'configuration from a ConfigMap': { config: { existingConfigMap: 'partners', partners: null } },
};

/** With what the controller makes of its templates, which are opaque to the schema of the custom resource. */
function withApplied(manifests: Manifest[]): Manifest[] {
  const templates = manifests.filter(({ kind }) => kind === 'WorkerResourceTemplate');
  return [...manifests, ...templates.map(asApplied)];
}

describe('every manifest is one Kubernetes and its operators accept', () => {
  it.each(Object.entries(VARIANTS))('%s', async (_name, values) => {
    const manifests = withApplied(await renderChart(values));
    const { code, stdout } = await kubeconform(manifests);
    expect(stdout).toBe('');
    expect(code).toBe(0);
  });

  it.each([
    ['a field nobody declared', { spec: { selector: {}, template: {}, replica: 2 } }, 'replica'],
    ['a number where a text belongs', { spec: { selector: {}, template: { metadata: 1 } } }, 'metadata'],
    ['a field too few', { spec: { selector: {} } }, 'template'],
  ])('and what is none is found: %s', async (_name, fields, named) => {
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' }, ...fields };
    const { code, stdout } = await kubeconform([deployment]);
    expect(code).toBe(1);
    expect(stdout).toContain(named);
  });

  it('and a kind without a schema is not passed over', async () => {
    const { code } = await kubeconform([{ apiVersion: 'v1', kind: 'Thing', metadata: { name: 'x' } }]);
    expect(code).toBe(1);
  });
});
