import { readUpRecord } from '../../config/up-record.js';
import { workflowUrl } from '../../config/workflow-url.js';
import type { Cli } from '../cli.js';

/** Address of a run in the Temporal Web UI, when we know where that is. */
export async function webLink(
  cli: Cli,
  namespace: string,
  workflowId: string,
  runId?: string,
): Promise<string | undefined> {
  const { dir, settings } = await cli.project();
  const base = (await readUpRecord(dir))?.ui.url ?? settings.ui.url;
  return workflowUrl(base, namespace, workflowId, runId);
}
