import type { WorkflowStartOptions } from '@temporalio/client';
import { type SearchAttributePair, TypedSearchAttributes } from '@temporalio/common';
import type { DayMode, PartnerDayInput } from '../../workflows/inputs.js';
import { partnerDayId, QUEUES } from '../../workflows/names.js';
import type { partnerDay } from '../../workflows/partner-day.js';
import { PRIORITY } from '../../workflows/priorities.js';
import { searchAttributes } from '../../workflows/search-attributes.js';

export const PARTNER_DAY = 'partnerDay';

/**
 * How every verb starts a partner-day: a finished day may run again, an open one takes the message instead. State
 * comes from objects, so a repeat is a no-op.
 */
export function startOptions(partner: string, date: string, mode: DayMode) {
  const input: PartnerDayInput = { partner, date, mode };
  const attributes: SearchAttributePair[] = [
    { key: searchAttributes.partnerId, value: partner },
    { key: searchAttributes.businessDate, value: new Date(`${date}T00:00:00Z`) },
  ];
  return {
    workflowId: partnerDayId(partner, date),
    taskQueue: QUEUES.control,
    args: [input],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `${partner} ${date}`,
    typedSearchAttributes: new TypedSearchAttributes(attributes),
    priority: { fairnessKey: partner, ...(mode === 'retry' ? { priorityKey: PRIORITY.rerun } : {}) },
  } satisfies WorkflowStartOptions<typeof partnerDay>;
}
