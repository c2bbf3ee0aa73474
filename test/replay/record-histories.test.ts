import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureTemporal } from '../../src/tools/ensure-temporal.js';
import { QUEUES } from '../../src/workflows/names.js';
import { recordedPaths } from '../support/recorded-paths.js';
import { recordedRuns } from '../support/recorded-runs.js';
import { withScriptedDay, withScriptedWorkers } from '../support/run-scripted-day.js';
import { startTemporal } from '../support/temporal-server.js';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const HISTORIES = fileURLToPath(new URL('../histories', import.meta.url));

/** As a person would export it; the SDK's own conversion fails on 1.24 (its protobuf types are not reflected). */
async function show(address: string, workflowId: string, runId: string): Promise<string> {
  const { path } = await ensureTemporal();
  const args = ['workflow', 'show', '--address', address, '-w', workflowId, '-r', runId, '--output', 'json'];
  const { stdout } = await promisify(execFile)(path, args, { maxBuffer: 2 ** 26 });
  // Stack traces name where this checkout lies, which is nobody's business and another place everywhere else.
  return stdout.replaceAll(PROJECT, '');
}

/** `make histories`: once per released version, into a directory named after it. Earlier ones are kept. */
describe.runIf(process.env.PARTNERDAY_RECORD)('recording', () => {
  const directory = `${HISTORIES}/${process.env.PARTNERDAY_RECORD}`;
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    env = await startTemporal();
    await mkdir(directory, { recursive: true });
  });
  afterAll(async () => {
    await env?.teardown();
  });

  it.each(recordedPaths)('records $name', async ({ name, mode, script, drive }) => {
    await withScriptedDay(env, script, mode, async (day) => {
      await drive?.(day);
      await day.handle.result().catch(() => undefined);
      const written: string[] = [];
      for await (const { workflowId, runId, type } of env.client.workflow.list()) {
        if (!workflowId.startsWith(day.handle.workflowId)) continue;
        const history = await show(env.address, workflowId, runId);
        const child = workflowId
          .slice(day.handle.workflowId.length)
          .replace(/^\//, '')
          .replaceAll(/[^a-z0-9]+/gi, '-');
        const file = `${name}.${type}${child ? `.${child.replace(/extract-[0-9a-f]+-/, 'slice-')}` : ''}.json`;
        await writeFile(`${directory}/${file}`, `${JSON.stringify(JSON.parse(history))}\n`);
        written.push(file);
      }
      expect(written.length).toBeGreaterThan(0);
    });
  });

  it.each(recordedRuns)('records $name', async ({ name, workflow, args, script }) => {
    await withScriptedWorkers(env, script, async () => {
      const handle = await env.client.workflow.start(workflow, {
        workflowId: name,
        taskQueue: QUEUES.control,
        args,
      });
      await handle.result();
      const history = await show(env.address, name, handle.firstExecutionRunId);
      await writeFile(`${directory}/${name}.${workflow}.json`, `${JSON.stringify(JSON.parse(history))}\n`);
    });
  });
});
