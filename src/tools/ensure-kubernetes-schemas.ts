import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { findOnPath } from './executable.js';
import { withFileLock } from './file-lock.js';
import { builtInSchema, customSchema, type OpenApi } from './kubernetes-schema.js';
import { announceOnStderr, type EnsureToolOptions, type Tool, ToolUnavailableError } from './tool.js';
import { toolsDirectory } from './tools-directory.js';

const run = promisify(execFile);

/** The projects whose objects the chart makes, each with the file of its Go module that describes them. */
const KUBERNETES = { module: 'k8s.io/kubernetes@v1.36.3', file: 'api/openapi-spec/swagger.json' };
const BUILT_IN = [
  'core.v1.ConfigMap',
  'core.v1.Pod',
  'core.v1.Service',
  'core.v1.ServiceAccount',
  'apps.v1.Deployment',
  'autoscaling.v2.HorizontalPodAutoscaler',
  'networking.v1.NetworkPolicy',
  'policy.v1.PodDisruptionBudget',
];
const CUSTOM = [
  {
    module: 'github.com/kedacore/keda/v2@v2.21.0',
    files: [
      'config/crd/bases/keda.sh_scaledobjects.yaml',
      'config/crd/bases/keda.sh_triggerauthentications.yaml',
    ],
  },
  {
    module: 'github.com/temporalio/temporal-worker-controller@v1.8.1',
    files: ['connections', 'workerdeployments', 'workerresourcetemplates'].map(
      (kind) => `helm/temporal-worker-controller-crds/templates/temporal.io_${kind}.yaml`,
    ),
  },
  {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    files: ['servicemonitors', 'prometheusrules'].map(
      (kind) => `example/prometheus-operator-crd/monitoring.coreos.com_${kind}.yaml`,
    ),
  },
];
/** Changes with what is written, so that nothing stale is taken for it. */
const FORMAT = 1;
const RECIPE = createHash('sha256')
  .update(JSON.stringify([FORMAT, KUBERNETES, BUILT_IN, CUSTOM]))
  .digest('hex')
  .slice(0, 12);

interface CustomResourceDefinition {
  spec: {
    names: { kind: string };
    versions: { name: string; schema: { openAPIV3Schema: OpenApi } }[];
  };
}

/**
 * A directory with a strict JSON schema `{kind}-{version}.json` for each kind the chart makes, written from what
 * Kubernetes and the operators publish in their Go modules (about 30 MB, once).
 * @throws ToolUnavailableError
 */
export async function ensureKubernetesSchemas(options: EnsureToolOptions = {}): Promise<Tool> {
  const env = options.env ?? process.env;
  const directory = options.directory ?? toolsDirectory(env);
  const path = join(directory, 'kubernetes-schemas', RECIPE);
  const tool = { name: 'kubernetes-schemas', path, version: KUBERNETES.module };
  if (existsSync(path)) return { ...tool, origin: 'cache' };
  return withFileLock(`${path}.lock`, async () => {
    if (existsSync(path)) return { ...tool, origin: 'cache' };
    const announce = options.announce ?? announceOnStderr;
    announce('reading the schemas of Kubernetes, KEDA and the operators with go (about 30 MB, once) ...');
    const scratch = await mkdtemp(join(directory, 'kubernetes-schemas', '.write-'));
    try {
      await writeSchemas(scratch, env);
      await rename(scratch, path);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
    return { ...tool, origin: 'go' };
  });
}

async function writeSchemas(to: string, env: NodeJS.ProcessEnv): Promise<void> {
  const write = (kind: string, version: string, schema: OpenApi) =>
    writeFile(join(to, `${kind.toLowerCase()}-${version}.json`), JSON.stringify(schema));
  const { definitions } = JSON.parse(await readFromModule(KUBERNETES.module, KUBERNETES.file, env));
  for (const name of BUILT_IN) {
    const [, version, kind] = name.split('.');
    await write(kind!, version!, builtInSchema(definitions, `io.k8s.api.${name}`));
  }
  const metadata = builtInSchema(definitions, 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');
  for (const { module, files } of CUSTOM) {
    for (const file of files) {
      const definition: CustomResourceDefinition = parse(await readFromModule(module, file, env));
      for (const { name, schema } of definition.spec.versions) {
        await write(definition.spec.names.kind, name, customSchema(schema.openAPIV3Schema, metadata));
      }
    }
  }
}

async function readFromModule(module: string, file: string, env: NodeJS.ProcessEnv): Promise<string> {
  const title = 'the schemas of Kubernetes';
  const go = await findOnPath('go', env);
  if (!go) throw new ToolUnavailableError(title, ['`go` is not on PATH'], 'Install Go (https://go.dev/dl).');
  try {
    // Outside any module, so that no go.mod has a say.
    const { stdout } = await run(go, ['mod', 'download', '-json', module], {
      env: { ...env, GO111MODULE: 'on', GOFLAGS: '-mod=mod' },
      cwd: '/',
    });
    return await readFile(join(JSON.parse(stdout).Dir, file), 'utf8');
  } catch (error) {
    const tried = `\`go mod download ${module}\`: ${(error as Error).message.split('\n').slice(-2).join(' ')}`;
    throw new ToolUnavailableError(title, [tried], 'Is a Go module proxy within reach (GOPROXY)?');
  }
}
