import { Context } from '@temporalio/activity';

/** What a worker is doing for a partner-day, as the record of store calls and injected faults name it. */
const PHASES: Record<string, string> = {
  prepareDay: 'arrive',
  watchArrivals: 'arrive',
  extractGroup: 'extract',
  recordLost: 'extract',
  planVersion: 'plan',
  resumeVersion: 'plan',
  composeTable: 'compose',
  checkRelations: 'check',
  publishVersion: 'publish',
  applyDecision: 'publish',
  tellExhausted: 'publish',
  deliverAlert: 'tell',
  writeReport: 'tell',
  emitLineage: 'tell',
  dropLeftovers: 'tidy',
};

/** The phase of the activity that is running here; `other` outside of any. */
export function phaseOfActivity(): string {
  try {
    return PHASES[Context.current().info.activityType] ?? 'other';
  } catch {
    return 'other';
  }
}
