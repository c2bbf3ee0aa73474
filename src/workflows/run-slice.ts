import { executeChild, ParentClosePolicy, workflowInfo } from '@temporalio/workflow';
import type { SliceRef } from '../activities/contract.js';
import type { Day } from './day.js';
import { extractSlice } from './extract-slice.js';
import type { ExtractSliceResult } from './inputs.js';
import { QUEUES, sliceId } from './names.js';

/** Extracts a slice in a child workflow. `configKey`: by whose rules; default: those of the run. */
export function runSlice(
  day: Day,
  slice: SliceRef,
  configKey = day.prepared.configKey,
): Promise<ExtractSliceResult> {
  const { policies } = day.prepared;
  return executeChild(extractSlice, {
    workflowId: sliceId(day.partner, day.date, workflowInfo().runId, slice.index),
    taskQueue: QUEUES.control,
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    staticSummary: `slice ${slice.index}: ${slice.archives} archives`,
    priority: { fairnessKey: day.partner },
    args: [
      {
        ...day.ref,
        configKey,
        index: slice.index,
        key: slice.key,
        groups: slice.groups,
        archives: slice.archives,
        policy: policies.extraction,
        maxConcurrent: policies.maxConcurrentExtracts,
        heartbeat: policies.heartbeat,
      },
    ],
  });
}
