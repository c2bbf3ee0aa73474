import type { Activities } from '../../src/activities/contract.js';
import { BadData, type Script, StoreAway } from './scripted-activities.js';

/** A run of a workflow around the days; its history is recorded and replayed as those of the days are. */
export interface RecordedRun {
  name: string;
  workflow: 'planDay' | 'backfill' | 'writeReports' | 'triggerAirflow';
  args: unknown[];
  script: Script;
}

const PARTNER = 'acme';
/** Not a date that another run opens. */
const DATE = '2026-11-12';

/** What fails does so at once and once, so that a try and the pause before it are in the history. */
function failingOnce<In, Out>(answer: (input: In) => Out): (input: In) => Promise<Out> {
  let calls = 0;
  return async (input) => {
    calls++;
    if (calls === 1) throw new StoreAway('away');
    return answer(input);
  };
}

function scripted(activities: Partial<Activities>): Script {
  return { tables: ['a'], groups: [1], activities };
}

const day = (date: string, due: boolean) =>
  ({ date, standing: due ? 'never-run' : 'complete', landed: 1, due }) as const;

export const recordedRuns: RecordedRun[] = [
  { name: 'tick-opens-a-day', workflow: 'planDay', args: [], script: scripted({}) },
  {
    name: 'range-with-days-due',
    workflow: 'backfill',
    args: [{ partner: PARTNER, from: '2026-11-10', to: DATE, parallel: 2 }],
    script: scripted({
      listBackfill: failingOnce(() => ({
        days: [day('2026-11-10', true), day('2026-11-11', false), day(DATE, true)],
      })),
    }),
  },
  {
    name: 'one-report-cannot-be-written',
    workflow: 'writeReports',
    args: [],
    script: scripted({
      listDueReports: failingOnce(() => ({
        reports: [
          { partner: PARTNER, date: DATE, period: 'week' as const },
          { partner: PARTNER, date: DATE, period: 'month' as const },
        ],
      })),
      writeReport: async ({ period }) => {
        if (period === 'month') throw new BadData('not a report');
        return { key: 'report' };
      },
    }),
  },
  {
    name: 'asked-once-more',
    workflow: 'triggerAirflow',
    args: [{ partner: PARTNER, date: DATE, version: 1, dag: 'prices' }],
    script: scripted({ triggerAirflow: failingOnce(() => ({ outcome: 'triggered' as const })) }),
  },
];
