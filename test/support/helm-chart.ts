import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments, stringify } from 'yaml';
import { ensureHelm } from '../../src/tools/ensure-helm.js';
import { ensureKubeconform } from '../../src/tools/ensure-kubeconform.js';
import { ensureKubernetesSchemas } from '../../src/tools/ensure-kubernetes-schemas.js';
import type { Tool } from '../../src/tools/tool.js';

export const CHART = fileURLToPath(new URL('../../deploy/helm/partnerday', import.meta.url));
// biome-ignore lint/suspicious/noExplicitAny: what a manifest holds is for Kubernetes' schemas to say, not for ours.
export type Manifest = any;
export type Values = Record<string, unknown>;

/** The least a person has to say. */
export const LEAST_VALUES: Values = {
  image: { repository: 'registry.example.com/partnerday' },
  store: { url: 's3://drops' },
  temporal: { address: 'temporal-frontend.temporal:7233' },
  config: { partners: { acme: { id: 'acme' } } },
};

export interface Rendered {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Asked once per test file: each answer costs a process. */
const tools = {
  helm: once(ensureHelm),
  kubeconform: once(ensureKubeconform),
  schemas: once(ensureKubernetesSchemas),
};

function once(ensure: () => Promise<Tool>): () => Promise<Tool> {
  let tool: Promise<Tool> | undefined;
  return () => {
    tool ??= ensure();
    return tool;
  };
}

/** `helm template` with the least values and these on top of them. */
export async function helmTemplate(values: Values = {}, args: readonly string[] = []): Promise<Rendered> {
  const { path } = await tools.helm();
  const dir = await mkdtemp(join(tmpdir(), 'partnerday-helm-'));
  try {
    const files = await Promise.all(
      [LEAST_VALUES, values].map(async (content, index) => {
        const file = join(dir, `${index}.yaml`);
        await writeFile(file, stringify(content));
        return ['--values', file];
      }),
    );
    const command = ['template', 'partnerday', CHART, '--namespace', 'feeds'];
    return await finished(path, [...command, ...files.flat(), ...args]);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** What would be applied, hooks included. Throws what Helm says when it refuses. */
export async function renderChart(values: Values = {}): Promise<Manifest[]> {
  const { code, stdout, stderr } = await helmTemplate(values);
  if (code !== 0) throw new Error(stderr);
  return parseAllDocuments(stdout)
    .map((document) => document.toJS())
    .filter((manifest) => manifest !== null);
}

/** Holds manifests against the schemas of Kubernetes and of the operators, unknown fields and unknown kinds refused. */
export async function kubeconform(manifests: readonly Manifest[]): Promise<Rendered> {
  const [{ path }, schemas] = await Promise.all([tools.kubeconform(), tools.schemas()]);
  const location = join(schemas.path, '{{.ResourceKind}}-{{.ResourceAPIVersion}}.json');
  const args = ['-strict', '-output', 'text', '-schema-location', location];
  return finished(path, args, manifests.map((manifest) => stringify(manifest)).join('---\n'));
}

/** The only manifest of this kind, or the one with this name. */
export function only(manifests: readonly Manifest[], kind: string, name?: string): Manifest {
  const found = manifests.filter(
    (manifest) => manifest.kind === kind && (name === undefined || manifest.metadata.name === name),
  );
  if (found.length !== 1)
    throw new Error(`expected one ${kind} ${name ?? ''}, there are ${found.length} in ${names(manifests)}`);
  return found[0];
}

export function names(manifests: readonly Manifest[]): string[] {
  return manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();
}

/**
 * What the Temporal Worker Controller makes of a WorkerResourceTemplate for one version: the fields that are left
 * empty for it are filled in.
 */
export function asApplied(template: Manifest): Manifest {
  const { spec } = structuredClone(template.spec.template);
  if (spec.scaleTargetRef)
    spec.scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'partnerday-0.1.0-1a2b' };
  if (spec.selector)
    spec.selector.matchLabels = {
      'temporal.io/deployment-name': 'partnerday',
      'temporal.io/build-id': '0.1.0-1a2b',
    };
  const { apiVersion, kind } = template.spec.template;
  return { apiVersion, kind, metadata: { name: 'partnerday-1a2b' }, spec };
}

function finished(path: string, args: readonly string[], input = ''): Promise<Rendered> {
  const child = spawn(path, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
