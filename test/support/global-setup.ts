import 'vitest';
import { spawnSync } from 'node:child_process';
import type { TestProject } from 'vitest/node';
import { ensureChromium } from '../../src/tools/ensure-chromium.js';
import { ensureHelm } from '../../src/tools/ensure-helm.js';
import { ensureKubeconform } from '../../src/tools/ensure-kubeconform.js';
import { ensureKubernetesSchemas } from '../../src/tools/ensure-kubernetes-schemas.js';
import { ensurePrometheus, ensurePromtool } from '../../src/tools/ensure-prometheus.js';
import { ensureRedis } from '../../src/tools/ensure-redis.js';
import { ensureTemporal } from '../../src/tools/ensure-temporal.js';
import { ensureVersitygw } from '../../src/tools/ensure-versitygw.js';

declare module 'vitest' {
  interface ProvidedContext {
    needs: string[];
  }
}

/**
 * Before the first test of a kind: what is built is what the sources say, and the programs it runs are there, so
 * that no test pays for it.
 */
export default async function setup(project: TestProject): Promise<void> {
  const { needs } = project.getProvidedContext();
  if (process.env.PARTNERDAY_BUILT !== '1') build(project.vitest.config.root, needs);
  if (needs.includes('temporal')) await ensureTemporal();
  if (needs.includes('versitygw')) await ensureVersitygw();
  if (needs.includes('chromium')) await ensureChromium();
  if (needs.includes('redis')) await ensureRedis();
  if (needs.includes('kubernetes')) {
    await ensureHelm();
    await ensureKubeconform();
    await ensureKubernetesSchemas();
  }
  if (needs.includes('prometheus')) {
    await ensurePrometheus();
    await ensurePromtool();
  }
}

function build(root: string, needs: string[]): void {
  const extent = needs.includes('dist') ? [] : ['--kernels-only'];
  const { status } = spawnSync(process.execPath, ['scripts/build.mjs', '--lenient', ...extent], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('scripts/build.mjs failed; its output is above');
}
