import type { Inspection } from '../../ingest/extraction/inspect.js';
import type { ManifestMember } from '../../ingest/manifest.js';
import type { Finding } from '../../quality/finding.js';

/** One member as `inspect` prints it. */
export interface InspectedMember {
  name: string;
  /** `null`: the name says none. */
  table: string | null;
  outcome: ManifestMember['outcome'];
  bytes: number;
  /** Unsigned, as in manifests. */
  crc32: number;
  /** `null` for a member that was cut off. */
  sha256: string | null;
  rows: number;
  rowsQuarantined: number;
  columns: readonly string[];
  /** Null cells per column; empty where nothing of the member may be used. */
  nulls: readonly number[];
  types: readonly string[];
  findings: Finding[];
}

export function* inspectedMembers({ members, headers, findings }: Inspection): Generator<InspectedMember> {
  const byMember = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.member === undefined) continue;
    const known = byMember.get(finding.member);
    if (known) known.push(finding);
    else byMember.set(finding.member, [finding]);
  }
  for (const member of members) {
    yield {
      name: member.name,
      table: member.table ?? null,
      outcome: member.outcome,
      bytes: member.bytes,
      crc32: member.crc32,
      sha256: member.sha256 ?? null,
      rows: member.rows,
      rowsQuarantined: member.rowsQuarantined,
      columns: member.header === undefined ? [] : headers[member.header]!,
      nulls: member.nulls ?? [],
      types: member.types ?? [],
      findings: byMember.get(member.name) ?? [],
    };
  }
}

/** Findings of no member: of the archive as a whole, and those that stand for many. */
export function overallFindings({ findings, members }: Inspection): Finding[] {
  const names = new Set(members.map(({ name }) => name));
  return findings.filter(({ member }) => member === undefined || !names.has(member));
}

/** One JSON document, a member a line, without ever being one string: an archive may have 100,000 of them. */
export function* inspectionJson(file: string, inspection: Inspection): Generator<string> {
  const { kind, verdict, reason, code, bytes, sha256 } = inspection;
  const head = { file, kind, verdict, reason, code, bytes, sha256 };
  for (const [name, value] of Object.entries(head)) {
    yield `${name === 'file' ? '{\n' : ''}  ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`;
  }
  yield '  "members": [';
  let separator = '\n';
  for (const member of inspectedMembers(inspection)) {
    yield `${separator}    ${JSON.stringify(member)}`;
    separator = ',\n';
  }
  yield `${separator === '\n' ? '' : '\n  '}],\n  "findings": [`;
  separator = '\n';
  for (const finding of overallFindings(inspection)) {
    yield `${separator}    ${JSON.stringify(finding)}`;
    separator = ',\n';
  }
  yield `${separator === '\n' ? '' : '\n  '}]\n}\n`;
}
