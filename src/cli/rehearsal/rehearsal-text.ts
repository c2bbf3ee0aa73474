import { requireJson } from '../../ingest/documents/json-object.js';
import { type QualityReport, qualityReportSchema } from '../../quality/quality-report.js';
import { renderFinding } from '../../quality/render-finding.js';
import { type DayReport, readDay } from '../day/day-report.js';
import { tableOfTables } from '../day/day-text.js';
import { plural, size } from '../output/format.js';
import type { Style } from '../output/style.js';
import type { Rehearsal, RehearsalCost } from './rehearse-day.js';

/** What a rehearsal says of itself, read before its scratch store goes. */
export interface DescribedRehearsal {
  day: DayReport;
  cost: RehearsalCost;
  quality: QualityReport;
}

const FINDINGS_SHOWN = 15;
const DRIFT_SHOWN = 20;

export async function describeRehearsal({
  store,
  layout,
  publication,
  cost,
}: Rehearsal): Promise<DescribedRehearsal> {
  const day = await readDay(store, layout);
  const { quality } = layout.version(publication.version);
  return { day: day!, cost, quality: await requireJson(store, quality, qualityReportSchema) };
}

export function rehearsalText({ day, cost, quality }: DescribedRehearsal, style: Style): string {
  const { gate, penalties, timeline, whatIf } = quality;
  const told = day.findings.filter(({ severity }) => severity !== 'info');
  const outcome = {
    publish: style('green', 'would be published'),
    warn: style('yellow', 'would be published with a warning'),
    hold: style('red', 'would be held'),
  }[gate.outcome];
  return [
    `${style('bold', `${day.partner} ${day.date}`)}  score ${day.score}, ${outcome}, ${day.verdict}`,
    ...gate.because.map((reason) => `  because ${reason}`),
    '',
    style('bold', 'Plan'),
    tableOfTables(day.tables, style),
    '',
    style('bold', 'Cost'),
    ...costLines(cost),
    '',
    style('bold', 'Drift'),
    ...listed(timeline.slice(0, DRIFT_SHOWN).map(driftLine), timeline.length, 'none'),
    '',
    style('bold', 'Findings'),
    ...listed(
      told
        .slice(0, FINDINGS_SHOWN)
        .map((finding) => `${finding.severity.padEnd(7)} ${finding.code}: ${renderFinding(finding)}`),
      told.length,
      'none',
    ),
    '',
    style('bold', `Score ${day.score}`),
    ...listed(
      penalties.map(({ name, points, because }) => `${String(-points).padStart(4)}  ${name}: ${because}`),
      penalties.length,
      'nothing cost a point',
    ),
    ...whatIf.map(({ text, from, to }) => `  ${text}: ${from} -> ${to}`),
  ].join('\n');
}

function costLines({
  archives,
  archiveBytes,
  tableBytes,
  workerBytes,
  readMs,
  mergeMs,
}: RehearsalCost): string[] {
  const perSecond = readMs === 0 ? archiveBytes : archiveBytes / (readMs / 1_000);
  return [
    `  read   ${plural(archives, 'archive')}, ${size(archiveBytes)} compressed, in ${seconds(readMs)} on one core of this machine (${size(Math.round(perSecond))} a second)`,
    `  merge  ${size(tableBytes)} of tables, ${size(workerBytes)} of them through a worker, in ${seconds(mergeMs)}`,
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function driftLine({
  table,
  kind,
  column,
  was,
  member,
  members,
  rows,
}: QualityReport['timeline'][number]): string {
  const place = [
    member,
    members === undefined ? undefined : plural(members, 'member'),
    rows === undefined ? undefined : plural(rows, 'row'),
  ].filter((part) => part !== undefined);
  return `${table}: ${kind} ${JSON.stringify(column)}${was === undefined ? '' : ` (was ${JSON.stringify(was)}?)`}${place.length > 0 ? `, first in ${place.join(', ')}` : ''}`;
}

function listed(lines: readonly string[], all: number, none: string): string[] {
  if (all === 0) return [`  ${none}`];
  const rest = all - lines.length;
  return [
    ...lines.map((line) => `  ${line}`),
    ...(rest > 0 ? [`  and ${rest} more (-o json lists all)`] : []),
  ];
}
