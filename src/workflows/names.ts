/** Task queues. Workflows and light activities on `control`; network-bound work on `extract`; disk- or CPU-bound on `merge`. */
export const QUEUES = { control: 'control', extract: 'extract', merge: 'merge' } as const;

/** Workflow ids: readable in the UI, and the reason a day cannot run twice at once. */
export function partnerDayId(partner: string, date: string): string {
  return `partner-day/${partner}/${date}`;
}

export function sliceId(partner: string, date: string, runId: string, index: number): string {
  return `${partnerDayId(partner, date)}/extract/${runId.slice(0, 8)}/${index}`;
}

export function mergeId(
  partner: string,
  date: string,
  version: number,
  table: string,
  round: number,
): string {
  return `${partnerDayId(partner, date)}/v${version}/merge/${table}/r${round}`;
}

/** `what`: of the day is told, such as `v1`. */
export function announceId(partner: string, date: string, what: string): string {
  return `${partnerDayId(partner, date)}/announce/${what}`;
}

export function airflowId(partner: string, date: string, version: number): string {
  return `${partnerDayId(partner, date)}/v${version}/airflow`;
}

export function backfillId(partner: string, from: string, to: string): string {
  return `backfill/${partner}/${from}..${to}`;
}

export const PLAN_SCHEDULE_ID = 'partnerday-plan';
export const REPORT_SCHEDULE_ID = 'partnerday-reports';
