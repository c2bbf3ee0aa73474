import { describe, expect, it } from 'vitest';
import { type Manifest, only, renderChart, type Values } from '../support/helm-chart.js';

const VARIANTS: Record<string, Values> = {
  Deployments: { roles: { serve: { enabled: true } } },
  'the Worker Controller': { workerController: { enabled: true } },
};

/** Every pod template, with the labels its owner and the services look for. */
function podsOf(manifests: Manifest[]): { name: string; labels: Record<string, string>; spec: Manifest }[] {
  return manifests.flatMap(({ kind, metadata, spec }) => {
    const pod = kind === 'Pod' ? { metadata, spec } : spec?.template;
    return pod?.spec?.containers
      ? [{ name: `${kind}/${metadata.name}`, labels: pod.metadata.labels, spec: pod.spec }]
      : [];
  });
}

const selects = (selector: Record<string, string>, labels: Record<string, string>) =>
  Object.entries(selector).every(([name, value]) => labels[name] === value);

describe.each(Object.entries(VARIANTS))('a pod of %s', (_name, values) => {
  it('meets the restricted Pod Security Standard, and has a root it cannot write to', async () => {
    const pods = podsOf(await renderChart(values));
    expect(pods.length).toBeGreaterThan(1);
    for (const { name, spec } of pods) {
      expect(spec.securityContext, name).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      for (const { securityContext } of spec.containers) {
        expect(securityContext, name).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      }
      const kinds = spec.volumes.flatMap((volume: Manifest) =>
        Object.keys(volume).filter((key) => key !== 'name'),
      );
      expect(new Set(kinds), name).toEqual(new Set(['emptyDir', 'configMap']));
      expect(spec, name).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
      for (const key of ['hostNetwork', 'hostPID', 'hostIPC']) expect(spec, name).not.toHaveProperty(key);
    }
  });

  it('says what it needs, so that it is scheduled and scaled by it', async () => {
    for (const { name, spec } of podsOf(await renderChart(values))) {
      for (const { resources } of spec.containers) {
        expect(resources.requests, name).toEqual({ cpu: expect.anything(), memory: expect.anything() });
        expect(resources.limits, name).toEqual({ memory: resources.requests.memory });
      }
    }
  });

  it('is asked for its state on a port of its own, under a path the worker answers', async () => {
    for (const { name, spec } of podsOf(await renderChart(values))) {
      if (name.startsWith('Pod/')) continue;
      const ports = spec.containers.flatMap((container: Manifest) =>
        container.ports.map(({ containerPort }: Manifest) => containerPort),
      );
      expect(new Set(ports).size, name).toBe(ports.length);
      for (const { env, ports, startupProbe, livenessProbe, readinessProbe } of spec.containers) {
        const { value } = env.find((entry: Manifest) => entry.name === 'PARTNERDAY_PROBE_PORT');
        for (const [probe, path] of [
          [startupProbe, '/livez'],
          [livenessProbe, '/livez'],
          [readinessProbe, '/readyz'],
        ]) {
          expect(probe.httpGet.path, name).toBe(path);
          const port = ports.find((entry: Manifest) => entry.name === probe.httpGet.port);
          expect(port.containerPort, name).toBe(Number(value));
        }
      }
    }
  });

  it('has longer to stop than its worker takes', async () => {
    for (const { name, spec } of podsOf(await renderChart({ ...values, graceSeconds: 90 }))) {
      if (name.startsWith('Pod/')) continue;
      for (const { env } of spec.containers) {
        const { value } = env.find((entry: Manifest) => entry.name === 'PARTNERDAY_GRACE_SECONDS');
        expect(value, name).toBe('90');
        // Handing over takes 20 s more; see src/workers/run-worker.ts.
        expect(spec.terminationGracePeriodSeconds, name).toBeGreaterThan(90 + 20);
      }
    }
  });

  it('is spread over spot and other machines, and runs where there are none of a kind', async () => {
    for (const { name, labels, spec } of podsOf(await renderChart(values))) {
      if (name.startsWith('Pod/')) continue;
      const [capacity, zone] = spec.topologySpreadConstraints;
      expect(capacity, name).toMatchObject({
        topologyKey: 'karpenter.sh/capacity-type',
        maxSkew: 1,
        whenUnsatisfiable: 'ScheduleAnyway',
      });
      expect(zone.topologyKey, name).toBe('topology.kubernetes.io/zone');
      expect(selects(capacity.labelSelector.matchLabels, labels), name).toBe(true);
    }
  });

  it('is let through to Temporal, the store and names, and to little else', async () => {
    const manifests = await renderChart({
      ...values,
      store: { endpoint: 'https://s3.example.com:7070', existingSecret: 's3' },
    });
    const { spec } = only(manifests, 'NetworkPolicy');
    expect(spec.policyTypes).toEqual(['Ingress', 'Egress']);
    for (const { name, labels } of podsOf(manifests))
      expect(selects(spec.podSelector.matchLabels, labels), name).toBe(true);
    const open = spec.egress.flatMap(({ ports }: Manifest) => ports.map(({ port }: Manifest) => port));
    expect(new Set(open)).toEqual(new Set([53, 7233, 7070, 443]));
  });
});

describe('what selects pods', () => {
  it('a Deployment, its budget and its service find its pods, and no others', async () => {
    const manifests = await renderChart({ roles: { serve: { enabled: true } } });
    const pods = podsOf(manifests);
    for (const role of ['control', 'extract', 'merge', 'serve']) {
      const name = `partnerday-${role}`;
      for (const { spec } of [
        only(manifests, 'Deployment', name),
        only(manifests, 'PodDisruptionBudget', name),
      ]) {
        const found = pods.filter(({ labels }) => selects(spec.selector.matchLabels, labels));
        expect(found.map((pod) => pod.name)).toEqual([`Deployment/${name}`]);
      }
    }
    const service = only(manifests, 'Service', 'partnerday');
    expect(
      pods.filter(({ labels }) => selects(service.spec.selector, labels)).map(({ name }) => name),
    ).toEqual(['Deployment/partnerday-serve']);
  });

  it('every worker’s metrics are asked for, by a port its pod has', async () => {
    const metrics = { enabled: true, serviceMonitor: { enabled: true, labels: { release: 'monitoring' } } };
    for (const values of Object.values(VARIANTS)) {
      const manifests = await renderChart({ ...values, metrics });
      const service = only(manifests, 'Service', 'partnerday-metrics');
      const monitor = only(manifests, 'ServiceMonitor');
      expect(monitor.metadata.labels.release).toBe('monitoring');
      expect(selects(monitor.spec.selector.matchLabels, service.metadata.labels)).toBe(true);
      const asked = monitor.spec.endpoints.map(({ port }: Manifest) => {
        return service.spec.ports.find(({ name }: Manifest) => name === port).targetPort;
      });
      const offered = podsOf(manifests)
        .filter(({ labels }) => selects(service.spec.selector, labels))
        .flatMap(({ spec }) => spec.containers.flatMap(({ ports }: Manifest) => ports ?? []))
        .map(({ name }: Manifest) => name)
        .filter((name: string) => name.startsWith('metrics-'));
      expect(asked.sort()).toEqual(offered.sort());
    }
  });

  it('a changed partnerday.yaml restarts workers, a changed partner does not', async () => {
    const annotations = async (config: Values) =>
      only(await renderChart({ config }), 'Deployment', 'partnerday-merge').spec.template.metadata;
    const before = await annotations({});
    expect(await annotations({ partners: { beta: { id: 'beta' } } })).toEqual(before);
    expect(await annotations({ settings: { ui: { url: 'https://ui.example' } } })).not.toEqual(before);
  });
});

it('the HTTP interface is off unless it is asked for', async () => {
  const manifests = await renderChart();
  const deployments = manifests.filter(({ kind }) => kind === 'Deployment');
  expect(deployments.map(({ metadata }) => metadata.name)).not.toContain('partnerday-serve');
});

describe('the addresses that alerts go to are secrets', () => {
  it.each(Object.entries(VARIANTS))(
    'of %s only control, which tells people, and the doctor, which checks them, have them',
    async (_name, values) => {
      const given = {
        ...values,
        roles: { ...(values.roles as object | undefined), control: { existingSecrets: ['webhooks'] } },
      };
      const containers = podsOf(await renderChart(given)).flatMap(({ spec }) => spec.containers);
      const having = containers.filter(({ envFrom }: Manifest) => envFrom !== undefined);
      expect(having.map(({ name }: Manifest) => name).sort()).toEqual(['control', 'doctor']);
      for (const { envFrom } of having) expect(envFrom).toEqual([{ secretRef: { name: 'webhooks' } }]);
    },
  );
});
