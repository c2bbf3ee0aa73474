import { proxySinks, type Sinks } from '@temporalio/workflow';
import type { Progress } from './messages.js';

/** Leaves the workflow without a trace in its history, and is not repeated in replays. */
export interface ProgressSinks extends Sinks {
  progress: { report(day: Progress): void };
}

export const { progress: progressSink } = proxySinks<ProgressSinks>();
