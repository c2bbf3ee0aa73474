import { dueReports } from '../report/due-reports.js';
import type { ControlActivities } from './contract.js';
import type { Dependencies } from './dependencies.js';

export function listDueReports({ partners }: Dependencies): ControlActivities['listDueReports'] {
  return async ({ scheduledTime }) => ({
    reports: dueReports((await partners()).values(), new Date(scheduledTime)),
  });
}
