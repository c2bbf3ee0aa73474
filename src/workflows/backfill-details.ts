import type { BackfillProgress } from './messages.js';

/** Not more than the Web UI shows at a glance; the query has them all. */
const SHOWN = 100;

/** A backfill as Markdown for the Temporal Web UI: what needs no run is only counted. */
export function backfillDetails({ days, from, to, parallel }: BackfillProgress): string {
  const due = days.filter(({ state }) => state !== 'not-due');
  const over = due.filter(({ state }) => state !== 'waiting' && state !== 'running');
  const lines = [
    `**${from} to ${to}**: ${over.length} of ${due.length} days done, ${parallel} at once; ${days.length - due.length} need no run.`,
  ];
  if (due.length === 0) return lines[0]!;
  lines.push(
    '',
    '| date | was | state | version | score | failed tables |',
    '| --- | --- | --- | ---: | ---: | --- |',
  );
  for (const { date, standing, state, version, score, failedTables = [] } of due.slice(0, SHOWN)) {
    lines.push(
      `| ${date} | ${standing} | ${state} | ${version ?? ''} | ${score ?? ''} | ${failedTables.join(', ').replaceAll('|', '\\|')} |`,
    );
  }
  if (due.length > SHOWN) lines.push('', `… and ${due.length - SHOWN} more`);
  return lines.join('\n');
}
