/** Page of a run in the Temporal Web UI. `undefined` where it is not known where that is. */
export function workflowUrl(
  base: string | undefined,
  namespace: string,
  workflowId: string,
  runId?: string,
): string | undefined {
  if (!base) return undefined;
  const run = runId ? `/${runId}/timeline` : '';
  return `${base.replace(/\/+$/, '')}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}${run}`;
}
