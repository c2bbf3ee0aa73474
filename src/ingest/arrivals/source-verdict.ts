import type { SourceArrivals } from './arrivals.js';
import type { Observed } from './observe-landing.js';

export interface SourceVerdict {
  complete: boolean;
  /** Everything announced has landed and nothing is still being written: no reason to give stragglers more time. */
  whole: boolean;
  completedBy?: SourceArrivals['completedBy'];
  /** For people: how it was completed, or what it waits for. */
  because: string;
}

/** Whether one source has sent everything. `overdue`: its deadline has passed. */
export function sourceVerdict(seen: Observed, overdue: boolean): SourceVerdict {
  const { source } = seen;
  const missing = missingOf(seen);
  const whole = missing === 0 && seen.unsettled === 0;
  const misfits = seen.misfits.length;
  const short = [
    missing > misfits ? `, ${counted(missing - misfits, 'announced archive')} not there` : '',
    misfits > 0 ? `, ${counted(misfits, 'archive')} of another size than announced` : '',
  ].join('');
  if (seen.told)
    return { complete: true, whole, completedBy: 'signal', because: `signalled complete${short}` };
  if (seen.marker)
    return {
      complete: true,
      whole,
      completedBy: 'marker',
      because: `marker ${source.marker} is there${short}`,
    };
  if (seen.announced && source.manifest && whole) {
    return { complete: true, whole, completedBy: 'manifest', because: 'everything announced has landed' };
  }
  if (overdue && source.afterDeadline === 'proceed') {
    return { complete: true, whole: true, completedBy: 'deadline', because: `deadline passed${short}` };
  }
  const expects = [
    source.marker ? `marker ${source.marker}` : undefined,
    source.manifest ? `manifest ${source.manifest} and its archives` : undefined,
    'signal sourceComplete',
  ].filter((way) => way !== undefined);
  const late = overdue ? 'deadline passed; ' : '';
  return { complete: false, whole, because: `${late}waits for ${expects.join(' or ')}${short}` };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** Announced and not landed as announced. */
function missingOf({ announced, announcedCount, landed }: Observed): number {
  if (announced) {
    const keys = new Set(landed.map((archive) => archive.key));
    return announced.filter((archive) => !keys.has(archive.key)).length;
  }
  return announcedCount === undefined ? 0 : Math.max(0, announcedCount - landed.length);
}
