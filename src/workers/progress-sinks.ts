import type { InjectedSinks } from '@temporalio/worker';
import type { ProgressMirror } from '../progress/progress-mirror.js';
import type { ProgressSinks } from '../workflows/progress-sink.js';

/** Every control worker has the sink: a day may have been prepared by one that mirrors progress, and go on here. */
export function progressSinks(mirror: ProgressMirror | undefined): InjectedSinks<ProgressSinks> {
  return { progress: { report: { fn: (_info, day) => mirror?.report(day), callDuringReplay: false } } };
}
