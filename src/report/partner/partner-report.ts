import type { PartnerConfig } from '../../config/partner-config.js';
import type { Rules } from '../../config/rules.js';
import { PartnerDayLayout } from '../../ingest/layout.js';
import { pinnedRules } from '../../ingest/pinned-rules.js';
import type { Plan } from '../../ingest/planning/plan.js';
import { readPlannedVersion } from '../../ingest/planning/read-planned-version.js';
import { requirePublication } from '../../ingest/publication/pointer.js';
import { type QuarantinedItem, readQuarantine } from '../../ingest/quarantine/quarantine.js';
import type { Finding } from '../../quality/finding.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { type FaultyItem, reproduceFault } from './reproduce-fault.js';

/** What a partner is to know of a day: what is missing, what was worst, and how to see it for himself. */
export interface PartnerReport {
  partner: string;
  name?: string;
  date: string;
  version: number;
  /** What was promised or usual, and did not come. */
  gaps: string[];
  /** Tables that were refused as a whole, and why. */
  refused: { table: string; because: string }[];
  /** Members of which most was set aside, the worst first. */
  worst: WorstMember[];
  faults: Fault[];
  /** Rows, members and archives that were set aside. */
  setAside: Record<QuarantinedItem['kind'], number>;
  codeVersion: string;
  generatedAt: string;
}

export interface WorstMember {
  member: string;
  archive: string;
  table?: string;
  /** `all`: the member as a whole. */
  rows: number | 'all';
  code: string;
  detail: string;
  line?: number;
}

export interface Fault {
  code: string;
  count: number;
  /** The first place. */
  archive: string;
  member?: string;
  line?: number;
  detail: string;
  /** A `.tar.gz` in which the same rules find the same fault. */
  sample?: Buffer;
}

const WORST_SHOWN = 10;
/** Places of a fault that are tried for a sample. */
const PLACES_TRIED = 3;
const GAPS = new Set<Finding['code']>(['archive-missing', 'member-missing', 'table-without-members']);

export interface PartnerReportInput {
  store: ObjectStore;
  config: PartnerConfig;
  date: string;
  codeVersion: string;
  now: Date;
  call?: CallOptions;
}

/** @throws NotPublishedError */
export async function gatherPartnerReport(input: PartnerReportInput): Promise<PartnerReport> {
  const { store, config, date, codeVersion, now, call = {} } = input;
  const layout = new PartnerDayLayout(config.id, date);
  const { version } = await requirePublication(store, layout, call);
  const { plan, tables } = await readPlannedVersion(store, layout, version, call);
  const members = new Map<string, WorstMember>();
  const places = new Map<string, { count: number; items: FaultyItem[] }>();
  const setAside = { archive: 0, member: 0, row: 0 };
  for await (const item of readQuarantine({ store, layout, plan, tables, call })) {
    setAside[item.kind]++;
    const fault = places.get(item.code) ?? { count: 0, items: [] };
    places.set(item.code, fault);
    fault.count++;
    if (fault.items.length < PLACES_TRIED) fault.items.push(item);
    noteMember(members, item);
  }
  const findings = [...plan.findings, ...[...tables.values()].flatMap((table) => table.findings)];
  for (const finding of findings) {
    const item = notSetAside(plan, finding);
    if (item === undefined || places.has(item.code)) continue;
    places.set(item.code, { count: finding.count ?? 1, items: [item] });
  }
  const faults: Fault[] = [];
  const rulesOf = cached((id: string) => pinnedRules(store, layout, id, call));
  for (const [code, { count, items }] of places) {
    const { archive, member, line, detail } = items[0]!;
    const sample = await firstSample(items, input, layout, rulesOf);
    faults.push({
      code,
      count,
      archive: archive.key,
      detail,
      ...(member === undefined ? {} : { member }),
      ...(line === undefined ? {} : { line }),
      ...(sample === undefined ? {} : { sample }),
    });
  }
  return {
    partner: config.id,
    ...(config.name === undefined ? {} : { name: config.name }),
    date,
    version,
    gaps: [
      ...plan.archives.filter(({ fate }) => fate === 'missing').map(({ key }) => `${key} was announced`),
      ...(plan.arrivals.unnamed > 0 ? [`${plan.arrivals.unnamed} archives announced by number only`] : []),
      ...findings
        .filter(({ code, archive }) => GAPS.has(code) && archive === undefined)
        .map(({ table, detail }) => (table === undefined ? detail : `table ${table}: ${detail}`)),
    ],
    refused: [...tables.values()].flatMap(({ table, refused }) =>
      refused === undefined ? [] : [{ table, because: refused }],
    ),
    worst: [...members.values()].sort(byLoss).slice(0, WORST_SHOWN),
    faults: faults.sort((a, b) => b.count - a.count),
    setAside,
    codeVersion,
    generatedAt: now.toISOString(),
  };
}

/** A fault that was found in an archive and set nothing aside: its rows are in a table, or its table is refused. */
function notSetAside(plan: Plan, finding: Finding): FaultyItem | undefined {
  const { code, severity, archive: key, member, table, line, detail } = finding;
  const archive = plan.archives.find((candidate) => candidate.key === key);
  if (severity === 'info' || archive === undefined || archive.rulesId === undefined) return undefined;
  const { source, etag = '', bytes = 0, rulesId } = archive;
  return {
    kind: member === undefined ? 'archive' : 'member',
    archive: { source, key: archive.key, etag, bytes },
    rulesId,
    code,
    detail,
    ...(member === undefined ? {} : { member }),
    ...(table === undefined ? {} : { table }),
    ...(line === undefined ? {} : { line }),
  };
}

function noteMember(members: Map<string, WorstMember>, item: QuarantinedItem): void {
  const { kind, archive, member, table, code, detail, line } = item;
  if (member === undefined) return;
  const id = `${archive.key}\0${member}`;
  const known = members.get(id);
  if (known !== undefined) {
    if (known.rows !== 'all') known.rows++;
    return;
  }
  members.set(id, {
    member,
    archive: archive.key,
    rows: kind === 'member' ? 'all' : 1,
    code,
    detail,
    ...(table === undefined ? {} : { table }),
    ...(line === undefined ? {} : { line }),
  });
}

function byLoss(a: WorstMember, b: WorstMember): number {
  const loss = ({ rows }: WorstMember) => (rows === 'all' ? Number.MAX_SAFE_INTEGER : rows);
  return loss(b) - loss(a);
}

async function firstSample(
  items: readonly FaultyItem[],
  { store, config, call = {} }: PartnerReportInput,
  layout: PartnerDayLayout,
  rulesOf: (id: string) => Promise<Rules>,
): Promise<Buffer | undefined> {
  for (const item of items) {
    if (item.rulesId === undefined) continue;
    const rules = await rulesOf(item.rulesId);
    const sample = await reproduceFault({ store, layout, item, rules, masking: config.masking, call });
    if (sample !== undefined) return sample;
  }
  return undefined;
}

function cached<T>(read: (id: string) => Promise<T>): (id: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (id) => {
    const value = known.get(id) ?? read(id);
    known.set(id, value);
    return value;
  };
}
