export { announce } from './announce.js';
export { backfill } from './backfill.js';
export { extractSlice } from './extract-slice.js';
export { mergeTable } from './merge-table.js';
export { partnerDay } from './partner-day.js';
export { planDay } from './plan-day.js';
export { triggerAirflow } from './trigger-airflow.js';
export { writeReports } from './write-reports.js';
