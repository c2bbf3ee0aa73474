import type { Inspection } from '../../ingest/extraction/inspect.js';
import type { Finding } from '../../quality/finding.js';
import { renderFinding } from '../../quality/render-finding.js';
import { count, percent, plural, size } from '../output/format.js';
import type { Style } from '../output/style.js';
import { renderTable } from '../output/table.js';
import { type InspectedMember, inspectedMembers } from './inspection-json.js';

const SHOWN_MEMBERS = 50;
const SHOWN_FINDINGS = 5;

/** For people: the verdict, what is in it, and what was found. */
export function inspectionText(file: string, inspection: Inspection, style: Style): string {
  const { verdict, reason, kind, bytes, findings } = inspection;
  const color = verdict === 'accept' ? 'green' : 'red';
  const lines = [`${style(color, verdict)}  ${style('bold', file)}  ${kind}, ${size(bytes)}`];
  if (reason !== null) lines.push(reason);
  const members = [...inspectedMembers(inspection)];
  if (kind === 'archive') lines.push('', ...memberLines(members, style));
  const alone = kind === 'csv' || members.length === 1 ? members[0] : undefined;
  if (alone && alone.types.length > 0) lines.push('', columnTable(alone));
  if (findings.length > 0) lines.push('', ...findingLines(findings, style));
  return lines.join('\n');
}

function memberLines(members: readonly InspectedMember[], style: Style): string[] {
  const of = (outcome: InspectedMember['outcome']) =>
    members.filter((member) => member.outcome === outcome).length;
  const told = [
    `${count(of('loaded'))} would be loaded`,
    ...(of('quarantined') > 0 ? [`${count(of('quarantined'))} set aside`] : []),
    ...(of('duplicate') > 0 ? [`${count(of('duplicate'))} there twice`] : []),
    ...(of('skipped') > 0 ? [`${count(of('skipped'))} skipped`] : []),
  ];
  const lines = [`${plural(members.length, 'member')}: ${told.join(', ')}`];
  if (members.length === 0) return ['no members'];
  const shown = members.slice(0, SHOWN_MEMBERS);
  lines.push(
    renderTable<InspectedMember>(
      [
        { title: 'member', value: ({ name }) => name },
        { title: 'table', value: ({ table }) => table ?? '' },
        {
          title: 'outcome',
          value: ({ outcome }) => (outcome === 'quarantined' ? style('red', outcome) : outcome),
        },
        { title: 'bytes', value: ({ bytes }) => size(bytes), align: 'right' },
        { title: 'rows', value: ({ rows }) => count(rows), align: 'right' },
        { title: 'aside', value: ({ rowsQuarantined }) => count(rowsQuarantined), align: 'right' },
        { title: 'columns', value: ({ columns }) => count(columns.length), align: 'right' },
        { title: 'null', value: nullRatio, align: 'right' },
      ],
      shown,
    ),
  );
  if (members.length > shown.length) {
    lines.push(`and ${count(members.length - shown.length)} more (-o json lists all)`);
  }
  return lines;
}

function nullRatio({ nulls, rows, rowsQuarantined }: InspectedMember): string {
  const cells = nulls.length * (rows - rowsQuarantined);
  if (cells === 0) return '';
  return percent(nulls.reduce((total, of) => total + of, 0) / cells);
}

function columnTable({ columns, types, nulls, rows, rowsQuarantined }: InspectedMember): string {
  const loaded = rows - rowsQuarantined;
  const table = renderTable<number>(
    [
      { title: 'column', value: (index) => columns[index]! },
      { title: 'type', value: (index) => types[index]! },
      { title: 'null', value: (index) => percent(loaded === 0 ? 0 : nulls[index]! / loaded), align: 'right' },
    ],
    [...columns.keys()].slice(0, SHOWN_MEMBERS),
  );
  const more = columns.length - SHOWN_MEMBERS;
  return [`${plural(rows, 'row')}`, table, ...(more > 0 ? [`and ${count(more)} more columns`] : [])].join(
    '\n',
  );
}

/** The first few of every kind. */
function findingLines(findings: readonly Finding[], style: Style): string[] {
  const seen = new Map<string, number>();
  const lines: string[] = [];
  for (const finding of findings) {
    const shown = (seen.get(finding.code) ?? 0) + 1;
    seen.set(finding.code, shown);
    if (shown > SHOWN_FINDINGS) continue;
    lines.push(`${mark(finding.severity, style)} ${finding.code}: ${renderFinding(finding)}`);
  }
  for (const [code, found] of seen) {
    if (found > SHOWN_FINDINGS)
      lines.push(`and ${count(found - SHOWN_FINDINGS)} more ${code} (-o json lists all)`);
  }
  return lines;
}

function mark(severity: Finding['severity'], style: Style): string {
  if (severity === 'error') return style('red', 'error  ');
  return severity === 'warning' ? style('yellow', 'warning') : 'info   ';
}
