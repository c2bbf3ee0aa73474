import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { describe, expect, it } from 'vitest';
import * as workflows from '../../src/workflows/index.js';
import { recordedPaths } from '../support/recorded-paths.js';
import { recordedRuns } from '../support/recorded-runs.js';
import { workflowBundle } from '../support/run-scripted-day.js';

const HISTORIES = fileURLToPath(new URL('../histories', import.meta.url));
const recorded = readdirSync(HISTORIES, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .sort();

const replay = async (file: string, workflowBundle: { code: string }) =>
  Worker.runReplayHistory({ workflowBundle }, JSON.parse(readFileSync(`${HISTORIES}/${file}`, 'utf8')));

describe('histories of released versions', () => {
  it.each([...recordedPaths, ...recordedRuns])('there is one of the path $name', ({ name }) => {
    expect(recorded.some((file) => file.includes(`/${name}.`))).toBe(true);
  });

  it.each(Object.keys(workflows))('there is one of the workflow %s', (type) => {
    expect(recorded.some((file) => file.includes(`.${type}.`))).toBe(true);
  });

  it.each(recorded)('%s replays with the workflows of today', async (file) => {
    await replay(file, await workflowBundle());
  });

  it('fail to replay when a workflow does its steps in another order', async () => {
    const broken = await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('../fixtures/broken-workflows.ts', import.meta.url)),
    });
    const file = recorded.find((name) => name.includes('/all-tables-merge.partnerDay'))!;
    await expect(replay(file, broken)).rejects.toThrow(DeterminismViolationError);
  });
});
