import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { type Progress, progress } from '../../workflows/messages.js';
import { partnerDayId } from '../../workflows/names.js';
import { PARTNER_DAY } from './start-options.js';

export interface RunningDay {
  partner: string;
  date: string;
  runId: string;
}

/** Partner-days with an open run, at most `limit`. */
export async function listRunningDays(client: Client, limit = 1_000): Promise<RunningDay[]> {
  const found: RunningDay[] = [];
  const query = `WorkflowType='${PARTNER_DAY}' AND ExecutionStatus='Running'`;
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    const match = /^partner-day\/([^/]+)\/(\d{4}-\d{2}-\d{2})$/.exec(workflowId);
    if (match) found.push({ partner: match[1]!, date: match[2]!, runId });
    if (found.length >= limit) break;
  }
  return found;
}

export interface RunState {
  runId: string;
  /** Temporal's word: RUNNING, COMPLETED, FAILED, CANCELLED, TERMINATED, TIMED_OUT, ... */
  status: string;
}

/** The newest run of a partner-day; `undefined` when Temporal knows none. */
export async function describeDay(
  client: Client,
  partner: string,
  date: string,
): Promise<RunState | undefined> {
  try {
    const { runId, status } = await client.workflow.getHandle(partnerDayId(partner, date)).describe();
    return { runId, status: status.name };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

const QUERY_TIMEOUT_MS = 4_000;

/** What the run says of itself; `undefined` when no worker answers in time. */
export async function queryProgress(
  client: Client,
  partner: string,
  date: string,
  timeoutMs = QUERY_TIMEOUT_MS,
): Promise<Progress | undefined> {
  try {
    return await client.withDeadline(Date.now() + timeoutMs, () =>
      client.workflow.getHandle(partnerDayId(partner, date)).query(progress),
    );
  } catch {
    return undefined;
  }
}
