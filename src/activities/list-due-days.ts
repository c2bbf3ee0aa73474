import { dueDays } from '../ingest/arrivals/due-days.js';
import type { ControlActivities } from './contract.js';
import type { Dependencies } from './dependencies.js';

export function listDueDays({ partners }: Dependencies): ControlActivities['listDueDays'] {
  return async ({ scheduledTime }) => ({
    days: dueDays((await partners()).values(), new Date(scheduledTime)),
  });
}
