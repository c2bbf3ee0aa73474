import { missingSearchAttributes, registerCommand } from '../../workers/check-search-attributes.js';
import { PLAN_SCHEDULE_ID, QUEUES } from '../../workflows/names.js';
import type { Cli } from '../cli.js';
import { connectTemporal, type TemporalClient } from '../temporal/connect.js';
import type { Check } from './run-checks.js';

/** Server, namespace, search attributes, workers and schedule. */
export async function checkTemporal(cli: Cli): Promise<Check[]> {
  const temporal = await connectTemporal(cli);
  try {
    const { client, address } = temporal;
    const { serverVersion } = await client.workflowService.getSystemInfo({});
    const server: Check = { name: 'temporal', state: 'ok', found: `${address}, server ${serverVersion}` };
    const space = await checkNamespace(temporal);
    if (space.state === 'fail') return [server, space];
    return [
      server,
      space,
      await checkAttributes(temporal),
      await checkWorkers(temporal),
      await checkSchedule(temporal),
    ];
  } finally {
    await temporal.close();
  }
}

async function checkNamespace({ client, namespace }: TemporalClient): Promise<Check> {
  const name = 'namespace';
  try {
    await client.workflowService.describeNamespace({ namespace });
    return { name, state: 'ok', found: namespace };
  } catch (error) {
    const found = (error as { details?: string }).details ?? String(error);
    return { name, state: 'fail', found, fix: `temporal operator namespace create --namespace ${namespace}` };
  }
}

async function checkAttributes({ client, namespace }: TemporalClient): Promise<Check> {
  const name = 'search attributes';
  const missing = await missingSearchAttributes(client.connection, namespace);
  return missing.length === 0
    ? { name, state: 'ok', found: 'all registered' }
    : { name, state: 'fail', found: `missing ${missing.join(', ')}`, fix: registerCommand(namespace) };
}

async function checkWorkers({ client, namespace }: TemporalClient): Promise<Check> {
  const name = 'workers';
  const idle: string[] = [];
  const identities = new Set<string>();
  for (const queue of Object.values(QUEUES)) {
    const { pollers } = await client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: queue },
      taskQueueType: queue === QUEUES.control ? 1 : 2,
    });
    if (!pollers || pollers.length === 0) idle.push(queue);
    for (const { identity } of pollers ?? []) if (identity) identities.add(identity);
  }
  return idle.length === 0
    ? { name, state: 'ok', found: [...identities].join(', ') }
    : { name, state: 'warn', found: `nobody polls ${idle.join(', ')}`, fix: 'partnerday worker' };
}

async function checkSchedule({ client }: TemporalClient): Promise<Check> {
  const name = 'schedule';
  try {
    const { info, state } = await client.schedule.getHandle(PLAN_SCHEDULE_ID).describe();
    if (state.paused)
      return {
        name,
        state: 'warn',
        found: 'paused',
        fix: `temporal schedule toggle --unpause --schedule-id ${PLAN_SCHEDULE_ID} --reason doctor`,
      };
    const next = info.nextActionTimes[0]?.toISOString() ?? 'never';
    return { name, state: 'ok', found: `${PLAN_SCHEDULE_ID}, next at ${next}` };
  } catch {
    return {
      name,
      state: 'warn',
      found: 'days are not opened by themselves',
      fix: 'partnerday up creates the schedule',
    };
  }
}
