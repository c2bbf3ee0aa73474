import { TerminalError } from '../errors.js';
import { gatherReport } from '../report/gather-report.js';
import { periodOf } from '../report/period.js';
import { writeReport as write } from '../report/write-report.js';
import type { ControlActivities } from './contract.js';
import type { Dependencies } from './dependencies.js';
import { withPulse } from './heartbeat.js';

/** By today's configuration: a report is about what was published, and judges nothing anew. */
export function writeReport(deps: Dependencies): ControlActivities['writeReport'] {
  const { store, partners, workflowUrl, codeVersion } = deps;
  return ({ partner, date, period }) =>
    withPulse(async ({ signal }) => {
      const config = (await partners()).get(partner);
      if (config === undefined) throw new TerminalError(`partner ${partner} is not configured any more`);
      const report = await gatherReport({
        store,
        config,
        period: periodOf(period, date),
        workflowUrl,
        codeVersion,
        now: new Date(),
        options: { signal },
      });
      return { key: (await write(store, report, { signal })).html };
    });
}
