#!/usr/bin/env node
/**
 * Makes sure that the programs the demo and the tests run are there. In CI a missing one is a failure; elsewhere
 * the tests that need it are left out, with a line that says so.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ensureChromium } from '../dist/tools/ensure-chromium.js';
import { ensureHelm } from '../dist/tools/ensure-helm.js';
import { ensureKubeconform } from '../dist/tools/ensure-kubeconform.js';
import { ensureKubernetesSchemas } from '../dist/tools/ensure-kubernetes-schemas.js';
import { ensurePrometheus, ensurePromtool } from '../dist/tools/ensure-prometheus.js';
import { ensureRedis } from '../dist/tools/ensure-redis.js';
import { ensureTemporal } from '../dist/tools/ensure-temporal.js';
import { ensureVersitygw } from '../dist/tools/ensure-versitygw.js';

/** vitest.config.ts reads it. */
const RECORD = resolve(import.meta.dirname, '../.tools/missing.json');
const missing = [];
for (const [name, ensure] of [
  ['temporal', ensureTemporal],
  ['versitygw', ensureVersitygw],
  ['kubernetes', ensureHelm],
  ['kubernetes', ensureKubeconform],
  ['kubernetes', ensureKubernetesSchemas],
  ['chromium', ensureChromium],
  ['redis', ensureRedis],
  ['prometheus', ensurePrometheus],
  ['prometheus', ensurePromtool],
]) {
  try {
    const tool = await ensure({ announce: (line) => console.log(line) });
    console.log(`${tool.name}: ${tool.path} (${tool.version}; ${tool.origin})`);
  } catch (error) {
    if (error.name !== 'ToolUnavailableError') throw error;
    if (!missing.includes(name)) missing.push(name);
    console.error(error.message);
  }
}
const required = process.env.CI === 'true' || process.argv.includes('--required');
process.exitCode = missing.length > 0 && required ? 1 : 0;
rmSync(RECORD, { force: true });
if (missing.length > 0) {
  mkdirSync(resolve(RECORD, '..'), { recursive: true });
  writeFileSync(RECORD, JSON.stringify(missing));
}
