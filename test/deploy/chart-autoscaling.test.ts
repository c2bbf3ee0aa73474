import { describe, expect, it } from 'vitest';
import { QUEUES } from '../../src/workflows/names.js';
import { asApplied, kubeconform, type Manifest, names, only, renderChart } from '../support/helm-chart.js';

/** Out when the load has held for 5 minutes, in when it has been low for 10. */
const BEHAVIOR = {
  scaleUp: { stabilizationWindowSeconds: 300, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] },
  scaleDown: { stabilizationWindowSeconds: 600, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] },
};
const CPU = { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } };
const ACTIVITY_ROLES = ['extract', 'merge'] as const;

const keda = { autoscaling: { mode: 'keda' } };
const controller = { workerController: { enabled: true } };
const kinds = (manifests: Manifest[]) => manifests.map(({ kind }) => kind);

describe('by default', () => {
  it.each(ACTIVITY_ROLES)(
    '%s has 2 to 4 pods by CPU at 70 %%, out after 5 minutes, in after 10',
    async (role) => {
      const manifests = await renderChart();
      expect(only(manifests, 'HorizontalPodAutoscaler', `partnerday-${role}`).spec).toEqual({
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: `partnerday-${role}` },
        minReplicas: 2,
        maxReplicas: 4,
        metrics: [{ type: 'Resource', resource: CPU }],
        behavior: BEHAVIOR,
      });
      // A number of pods in the Deployment would be put back by every upgrade.
      expect(only(manifests, 'Deployment', `partnerday-${role}`).spec).not.toHaveProperty('replicas');
    },
  );

  it('control has a fixed number of pods', async () => {
    const manifests = await renderChart();
    expect(only(manifests, 'Deployment', 'partnerday-control').spec.replicas).toBe(2);
    expect(kinds(manifests).filter((kind) => kind === 'HorizontalPodAutoscaler')).toHaveLength(2);
  });

  it('a role can have bounds of its own', async () => {
    const manifests = await renderChart({ roles: { extract: { autoscaling: { maxReplicas: 12 } } } });
    const spec = (role: string) => only(manifests, 'HorizontalPodAutoscaler', `partnerday-${role}`).spec;
    expect(spec('extract')).toMatchObject({ minReplicas: 2, maxReplicas: 12, behavior: BEHAVIOR });
    expect(spec('merge').maxReplicas).toBe(4);
  });

  it('without an autoscaler every Deployment says how many', async () => {
    const manifests = await renderChart({ autoscaling: { mode: 'none' } });
    const deployments = manifests.filter(({ kind }) => kind === 'Deployment');
    expect(deployments.map(({ spec }) => spec.replicas)).toEqual([2, 2, 2]);
    expect(kinds(manifests)).not.toContain('HorizontalPodAutoscaler');
  });
});

describe('with KEDA', () => {
  it.each(ACTIVITY_ROLES)('%s has one autoscaler, on CPU and on its own queue', async (role) => {
    const manifests = await renderChart({ ...keda, temporal: { namespace: 'prod' } });
    const { spec } = only(manifests, 'ScaledObject', `partnerday-${role}`);
    expect(spec).toMatchObject({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: `partnerday-${role}` },
      minReplicaCount: 2,
      maxReplicaCount: 4,
      advanced: { horizontalPodAutoscalerConfig: { behavior: BEHAVIOR } },
      triggers: [
        { type: 'cpu', metricType: 'Utilization', metadata: { value: '70' } },
        {
          type: 'temporal',
          metadata: {
            endpoint: 'temporal-frontend.temporal:7233',
            namespace: 'prod',
            taskQueue: QUEUES[role],
            queueTypes: 'activity',
          },
        },
      ],
    });
    // Two autoscalers of one Deployment undo what the other does.
    expect(kinds(manifests)).not.toContain('HorizontalPodAutoscaler');
    expect(only(manifests, 'Deployment', `partnerday-${role}`).spec).not.toHaveProperty('replicas');
  });

  it('reads the secrets the workers read', async () => {
    const tls = { enabled: true, clientSecret: 'mtls', caSecret: 'ca', serverName: 'temporal.example' };
    const manifests = await renderChart({ ...keda, temporal: { tls } });
    expect(only(manifests, 'TriggerAuthentication').spec.secretTargetRef).toEqual([
      { parameter: 'cert', name: 'mtls', key: 'tls.crt' },
      { parameter: 'key', name: 'mtls', key: 'tls.key' },
      { parameter: 'ca', name: 'ca', key: 'ca.crt' },
    ]);
    for (const { spec } of manifests.filter(({ kind }) => kind === 'ScaledObject')) {
      const [, trigger] = spec.triggers;
      expect(trigger.authenticationRef).toEqual({ name: 'partnerday' });
      expect(trigger.metadata.tlsServerName).toBe('temporal.example');
    }
  });
});

describe('with the Temporal Worker Controller', () => {
  it('all task queues belong to one deployment, so that a pinned day never mixes code', async () => {
    const manifests = await renderChart(controller);
    const { spec } = only(manifests, 'WorkerDeployment');
    const roles = spec.template.spec.containers.map(({ args }: Manifest) => args.at(-1));
    expect(roles).toEqual(Object.values(QUEUES));
    expect(spec).not.toHaveProperty('replicas');
    expect(names(manifests)).not.toContainEqual(expect.stringMatching(/^Deployment\//));
  });

  it('leaves to the controller what it sets itself', async () => {
    const temporal = { apiKey: { existingSecret: 'key' } };
    const manifests = await renderChart({ ...controller, temporal });
    for (const { env } of only(manifests, 'WorkerDeployment').spec.template.spec.containers) {
      expect(env.map(({ name }: Manifest) => name)).not.toContainEqual(expect.stringMatching(/^TEMPORAL_/));
    }
    expect(only(manifests, 'Connection').spec).toEqual({
      hostPort: 'temporal-frontend.temporal:7233',
      apiKeySecretRef: { name: 'key', key: 'api-key' },
    });
  });

  it('each version has one autoscaler that looks at extract and at merge', async () => {
    const template = only(await renderChart(controller), 'WorkerResourceTemplate', 'partnerday-autoscaler');
    // The controller fills in what is empty, and refuses what is not.
    expect(template.spec.template.spec.scaleTargetRef).toEqual({});
    const applied = asApplied(template);
    expect(applied.kind).toBe('HorizontalPodAutoscaler');
    expect(applied.spec).toMatchObject({
      minReplicas: 2,
      maxReplicas: 4,
      metrics: ACTIVITY_ROLES.map((container) => ({
        type: 'ContainerResource',
        containerResource: { container, ...CPU },
      })),
      behavior: BEHAVIOR,
    });
  });

  it('or a ScaledObject that counts the backlog of its version', async () => {
    const manifests = await renderChart({ ...controller, ...keda });
    const applied = asApplied(only(manifests, 'WorkerResourceTemplate', 'partnerday-autoscaler'));
    const queues = applied.spec.triggers.filter(({ type }: Manifest) => type === 'temporal');
    expect(queues.map(({ metadata }: Manifest) => metadata)).toEqual(
      ACTIVITY_ROLES.map((role) =>
        expect.objectContaining({ taskQueue: role, workerDeploymentName: '', workerDeploymentBuildId: '' }),
      ),
    );
    expect((await kubeconform([applied])).code).toBe(0);
  });

  it('and a disruption budget of its own', async () => {
    const template = only(await renderChart(controller), 'WorkerResourceTemplate', 'partnerday-disruption');
    expect(template.spec.template.spec.selector).toEqual({ matchLabels: {} });
    expect(asApplied(template).spec.maxUnavailable).toBe(1);
  });
});
