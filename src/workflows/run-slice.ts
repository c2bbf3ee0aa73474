import { executeChild, ParentClosePolicy, workflowInfo } from '@temporalio/workflow';
import type { SliceRef } from '../activities/contract.js';
import type { Day } from './day.js';
import { extractSlice } from './extract-slice.js';
import type { ExtractSliceResult } from './inputs.js';
import { QUEUES, sliceId } from './names.js';

/** Slices of a day that are open at the same time. */
const OPEN_SLICES = 2;

/** As many as may be open, and the groups each may have in extraction: together what the day may have. */
export function openSlices({ atOnce: { extracts } }: Day): { slices: number; groups: number } {
  const slices = Math.min(OPEN_SLICES, extracts);
  return { slices, groups: Math.floor(extracts / slices) };
}

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
        maxConcurrent: openSlices(day).groups,
        heartbeat: policies.heartbeat,
      },
    ],
  });
}
