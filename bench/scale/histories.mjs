import { Client, Connection } from '@temporalio/client';

/** What the histories of all workflows of a run weigh, the largest first. */
export async function readHistories({ address, namespace }) {
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection, namespace });
    const histories = [];
    for await (const { workflowId, runId, type, historySize } of client.workflow.list()) {
      const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      histories.push({
        workflowId,
        type,
        events: history.events.length,
        // As the server counts it.
        bytes: historySize ?? 0,
        largestPayload: Math.max(0, ...payloadSizes(history)),
        activities: activityTimes(history.events),
      });
    }
    return histories.sort((a, b) => b.events - a.events);
  } finally {
    await connection.close();
  }
}

/** Every payload has `data`. */
function* payloadSizes(value) {
  if (value === null || typeof value !== 'object') return;
  if (value.data instanceof Uint8Array) yield value.data.length;
  if (value instanceof Uint8Array) return;
  for (const item of Object.values(value)) yield* payloadSizes(item);
}

/** Seconds in which some activity or child of a type was under way, by type. */
function activityTimes(events) {
  const times = new Map();
  const begun = new Map();
  const note = (type, from, to) => {
    const known = times.get(type) ?? { from, to };
    times.set(type, { from: Math.min(known.from, from), to: Math.max(known.to, to) });
  };
  for (const event of events) {
    const at = Number(event.eventTime.seconds) + event.eventTime.nanos / 1e9;
    const activity = event.activityTaskScheduledEventAttributes;
    const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
    if (activity) begun.set(String(event.eventId), { type: activity.activityType.name, at });
    if (child) begun.set(String(event.eventId), { type: child.workflowType.name, at });
    const ended =
      event.activityTaskCompletedEventAttributes?.scheduledEventId ??
      event.childWorkflowExecutionCompletedEventAttributes?.initiatedEventId;
    const start = ended === undefined ? undefined : begun.get(String(ended));
    if (start !== undefined) note(start.type, start.at, at);
  }
  return Object.fromEntries([...times].map(([type, { from, to }]) => [type, to - from]));
}
