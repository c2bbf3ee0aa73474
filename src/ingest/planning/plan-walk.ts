import type { ContractMode } from '../../config/rules.js';
import type { Finding } from '../../quality/finding.js';
import { type Counted, FindingLog, FindingReserve, type Findings } from '../extraction/finding-log.js';
import { PartnerDayLayout } from '../layout.js';
import type { Manifest, ManifestMember } from '../manifest.js';
import type { Candidate } from './archive-candidates.js';
import { ArchiveFates, type Decided } from './archive-fates.js';
import { type ArchiveRecord, type ArchiveTally, type Became, TALLY } from './archive-index.js';
import type { PlacedArchive } from './fold-table.js';
import { FullPlanNeeded } from './full-plan-needed.js';
import { type MemberIndex, SEEN } from './member-index.js';
import type { ArchiveFate, PlannedArchive, PlanTable } from './plan.js';
import type { PlanFacts } from './plan-input.js';
import type { RangeSource } from './range-list.js';
import { TableParts } from './table-parts.js';
import { expectationOf, isConfigured } from './table-rules.js';

/** Fates of archives whose members are counted and, where loaded, merged. */
const READ: ReadonlySet<ArchiveFate> = new Set(['merged', 'salvaged']);

/** An archive as the version before knew it. */
export interface KnownArchive {
  readonly record: ArchiveRecord;
  /** In the plan of that version; it has a manifest. */
  readonly planned: PlannedArchive;
  /** Where its members begin in that version's index. */
  readonly firstName: number;
}

/** What a version knew of its archives, by id. */
export interface KnownArchives {
  readonly archives: ReadonlyMap<string, KnownArchive>;
  readonly members: MemberIndex;
  /** With the version that wrote their shares. */
  readonly tables: readonly PlanTable[];
  readonly tableSets: readonly (readonly number[])[];
}

/** An archive that has to be read again, with what is decided about it already. */
interface Reread {
  readonly candidate: Candidate;
  readonly decided: Decided;
  /** Its entries in the index of members, where they were made. */
  readonly names?: { readonly first: number; readonly count: number };
}

/**
 * Walks over the archives of a version in canonical order: decides their fates, counts their members, and gathers what
 * those that are read give to the tables. What the version before knew of an archive stays as it is; only where its
 * part has changed is its manifest asked for. Keeps counts and ranges: a manifest can be dropped once it was shown.
 */
export class PlanWalk {
  /** Of the tables that some archive was read for. */
  readonly parts = new Map<string, TableParts>();
  readonly archives: PlannedArchive[] = [];
  readonly placed = new Map<string, PlacedArchive>();
  /** Of archives with a manifest. */
  readonly records: ArchiveRecord[] = [];
  /** What `tableSets` name, and what `records` name. */
  readonly tables: string[] = [];
  readonly tableSets: number[][] = [[]];
  /** Archives whose earlier shares do not count any more, and the tables those are in. */
  readonly dropped = new Set<string>();
  readonly touched = new Set<string>();
  readonly log = new FindingLog();
  readonly #reserve = new FindingReserve();
  readonly #layout: PartnerDayLayout;
  readonly #fates: ArchiveFates;
  readonly #tableIndices = new Map<string, number>();
  readonly #setIndices = new Map<string, number>([['', 0]]);
  readonly #tally: Record<'members' | 'rows', ArchiveTally> = {
    members: [0, 0, 0, 0, 0],
    rows: [0, 0, 0, 0, 0],
  };
  #reread: Reread | undefined;

  constructor(
    private readonly facts: PlanFacts,
    readonly members: MemberIndex,
    private readonly known?: KnownArchives | undefined,
  ) {
    this.#layout = new PartnerDayLayout(facts.partner, facts.date);
    this.#fates = new ArchiveFates(facts);
  }

  /** An archive that is known. @returns whether its part has changed: its manifest has to be shown with `add` */
  keep(candidate: Candidate): boolean {
    const before = candidate.kind === 'missing' ? undefined : this.known?.archives.get(candidate.id);
    if (candidate.kind === 'missing' || before === undefined) return true;
    const { record, planned, firstName } = before;
    const { outcome } = record;
    // Of what is rejected the hash means nothing, and decides nothing.
    const decided = this.#fates.decide(candidate, { outcome, sha256: planned.sha256 ?? '' });
    const { fate } = decided;
    const wasRead = READ.has(planned.fate);
    if ((READ.has(fate) && !wasRead) || (planned.fate === 'superseded' && fate !== 'superseded')) {
      this.#reread = { candidate, decided };
      return true;
    }
    if (READ.has(fate)) {
      const names = { first: this.members.count, count: record.names };
      if (!this.#sameNames(firstName, record.names)) {
        this.#reread = { candidate, decided, names };
        this.#drop(candidate.id, record);
        return true;
      }
    }
    this.#place(candidate, { ...planned, source: candidate.archive.source, fate }, decided);
    const counted = wasRead || planned.fate === 'quarantined';
    if (counted && (fate === 'superseded' || fate === 'duplicate')) this.#drop(candidate.id, record);
    this.#record(fate === planned.fate ? this.#renamed(record) : withoutShares(record, fate));
    return false;
  }

  /** An archive that was known, and that other rules have read since. */
  replace(candidate: Exclude<Candidate, { kind: 'missing' }>, manifest: Manifest): void {
    this.#drop(candidate.id, this.known!.archives.get(candidate.id)!.record);
    this.add(candidate, manifest);
  }

  /** A candidate that is not known, or has to be read again. */
  add(candidate: Candidate, manifest: Manifest | undefined): void {
    const reread = this.#reread?.candidate === candidate ? this.#reread : undefined;
    this.#reread = undefined;
    if (reread !== undefined && manifest === undefined) throw new FullPlanNeeded('a manifest is gone');
    const decided = reread?.decided ?? this.#fates.decide(candidate, manifest);
    const { fate } = decided;
    this.#place(candidate, plannedArchive(candidate, fate, manifest), decided);
    if (manifest === undefined) return;
    if (fate === 'superseded') {
      this.#record({ ...nothing(), outcome: manifest.outcome });
      return;
    }
    const read = new ManifestWalk(this, this.facts, this.#layout, manifest, reread?.names);
    this.#record(fate === 'duplicate' ? read.asDuplicate() : read.run(READ.has(fate)));
  }

  /** All archives, by what became of their members. */
  tally(kind: 'members' | 'rows'): Record<keyof typeof TALLY, number> {
    const [read, loaded, quarantined, duplicate, skipped] = this.#tally[kind];
    return { read, loaded, quarantined, duplicate, skipped };
  }

  partsOf(table: string): TableParts {
    let parts = this.parts.get(table);
    if (parts === undefined) {
      const { config, bases } = this.facts;
      parts = new TableParts(expectationOf(table, config, bases?.get(table)));
      this.parts.set(table, parts);
    }
    return parts;
  }

  tableIndex(table: string): number {
    let index = this.#tableIndices.get(table);
    if (index === undefined) {
      index = this.tables.push(table) - 1;
      this.#tableIndices.set(table, index);
    }
    return index;
  }

  /** @param indices of tables, ascending by first appearance in the archive */
  tableSet(indices: readonly number[]): number {
    const name = indices.join();
    let index = this.#setIndices.get(name);
    if (index === undefined) {
      index = this.tableSets.push([...indices]) - 1;
      this.#setIndices.set(name, index);
    }
    return index;
  }

  #sameNames(first: number, count: number): boolean {
    const earlier = this.known!.members;
    let same = true;
    for (let index = first; index < first + count; index++) {
      if (this.members.seeAgain(earlier, index) !== earlier.seenAt(index)) same = false;
    }
    return same;
  }

  #drop(id: string, record: ArchiveRecord): void {
    this.dropped.add(id);
    const { tables, tableSets } = this.known!;
    for (const index of tableSets[record.tables] ?? []) this.touched.add(tables[index]!.table);
  }

  #place(candidate: Candidate, archive: PlannedArchive, { findings }: Decided): void {
    if (candidate.kind !== 'missing')
      this.placed.set(candidate.id, { order: this.placed.size, key: candidate.archive.key });
    this.archives.push(archive);
    for (const finding of findings) this.log.add(finding);
  }

  #record(record: ArchiveRecord): void {
    const { told, aside, ...rest } = record;
    const stored: ArchiveRecord = rest;
    if (told !== undefined) stored.told = this.#tell(told);
    if (aside !== undefined) stored.aside = this.#tell(aside);
    for (const kind of ['members', 'rows'] as const) {
      for (let at = 0; at < stored[kind].length; at++) this.#tally[kind][at]! += stored[kind][at]!;
    }
    this.records.push(stored);
  }

  #tell(findings: Findings): Findings {
    for (const finding of findings.findings) this.log.add(finding);
    for (const counted of findings.more) this.#count(counted);
    return this.#reserve.take(findings);
  }

  #count(counted: Counted): void {
    if (!this.log.count(counted)) throw new FullPlanNeeded('findings of the day went');
  }

  /** Under the indices of this version. */
  #renamed(record: ArchiveRecord): ArchiveRecord {
    const { tables, tableSets } = this.known!;
    const set = tableSets[record.tables] ?? [];
    return { ...record, tables: this.tableSet(set.map((index) => this.tableIndex(tables[index]!.table))) };
  }
}

/** The members of one archive. */
class ManifestWalk {
  readonly #record: ArchiveRecord;
  readonly #told: Finding[];
  readonly #aside: Finding[] = [];
  readonly #tables: number[] = [];
  readonly #parts = new Set<TableParts>();
  readonly #headerTexts: readonly string[];
  readonly #sources: (RangeSource | undefined)[];
  /** Where the names of its members stand in the index already. */
  #name: number | undefined;

  constructor(
    private readonly walk: PlanWalk,
    private readonly facts: PlanFacts,
    private readonly layout: PartnerDayLayout,
    private readonly manifest: Manifest,
    private readonly names: Reread['names'],
  ) {
    this.#record = { ...nothing(), outcome: manifest.outcome };
    this.#told = manifest.findings.filter(({ table }) => table === undefined);
    this.#headerTexts = manifest.headers.map((header) => JSON.stringify(header));
    this.#sources = manifest.objects.map(() => undefined);
    this.#name = names?.first;
  }

  asDuplicate(): ArchiveRecord {
    for (const member of this.manifest.members) this.#count('duplicate', member);
    return this.#finished();
  }

  /** @param read whether what is loaded may be merged */
  run(read: boolean): ArchiveRecord {
    const { archiveId, members, findings } = this.manifest;
    const first = this.names?.first ?? this.walk.members.count;
    for (const member of members) this.#count(this.#becomes(member, read), member);
    for (const finding of findings) {
      const { table } = finding;
      if (table === undefined) continue;
      const parts = this.walk.parts.get(table);
      if (parts !== undefined && this.#parts.has(parts)) parts.note(finding);
      else this.#aside.push(finding);
    }
    for (const parts of this.#parts) parts.end();
    if (this.names !== undefined && this.#name !== first + this.names.count) {
      throw new FullPlanNeeded(`archive ${archiveId} has other members than it had`);
    }
    this.#record.names = read ? this.walk.members.count - first : 0;
    return this.#finished();
  }

  #finished(): ArchiveRecord {
    const record = this.#record;
    record.tables = this.walk.tableSet(this.#tables);
    if (this.#told.length > 0) record.told = { findings: this.#told, more: [] };
    if (this.#aside.length > 0) record.aside = { findings: this.#aside, more: [] };
    return record;
  }

  /** Decides what becomes of a member and tells its table. */
  #becomes(member: ManifestMember, read: boolean): Became {
    const { outcome, table } = member;
    if (outcome === 'skipped') return 'skipped';
    if (table === undefined) return 'quarantined';
    if (this.#setsAside(table)) return this.#outside(member);
    const parts = this.#partsOf(table);
    if (outcome === 'duplicate') {
      parts.duplicate(member);
      return 'duplicate';
    }
    if (outcome === 'loaded' && read) return this.#load(parts, member);
    parts.quarantine(member);
    return 'quarantined';
  }

  #load(parts: TableParts, member: ManifestMember): Became {
    const where = { archive: this.manifest.archive.key, member: member.name };
    const seen = this.#see(member);
    if (seen === SEEN.duplicate) {
      const detail = 'has the name and the bytes of a member of an earlier archive, and is merged once';
      parts.note({ code: 'member-duplicate', severity: 'warning', detail, ...where });
      parts.duplicate(member);
      return 'duplicate';
    }
    if (seen === SEEN.setAside) {
      const detail =
        'shares its name, but not its bytes, with a member of another archive; all are quarantined';
      parts.note({ code: 'member-name-reused', severity: 'error', detail, ...where });
      parts.quarantine(member);
      return 'quarantined';
    }
    if (seen === SEEN.reused) {
      const detail =
        'shares its name, but not its bytes, with a member of an earlier archive; both are merged';
      parts.note({ code: 'member-name-reused', severity: 'warning', detail, ...where });
    }
    return parts.merge(this.manifest, this.#headerTexts, member, this.#sourceOf(member));
  }

  #see(member: ManifestMember) {
    const { members } = this.walk;
    return this.#name === undefined ? members.see(member) : members.seenAt(this.#name++);
  }

  /** One object for all ranges of a segment. */
  #sourceOf({ range }: ManifestMember): RangeSource | undefined {
    if (range === undefined) return undefined;
    const { archiveId, rulesId, objects } = this.manifest;
    const { name, etag } = objects[range.object]!;
    const source = this.#sources[range.object] ?? {
      key: this.layout.segment(archiveId, rulesId, name),
      etag,
    };
    this.#sources[range.object] = source;
    return source;
  }

  #partsOf(table: string): TableParts {
    const parts = this.walk.partsOf(table);
    if (!this.#parts.has(parts)) {
      this.#parts.add(parts);
      this.#tables.push(this.walk.tableIndex(table));
      parts.begin(this.manifest.archiveId);
    }
    return parts;
  }

  #setsAside(table: string): boolean {
    const mode = this.#unknownTables;
    return (mode === 'discard' || mode === 'quarantine') && !isConfigured(table, this.facts.config);
  }

  /** A member of a table that is not configured, where the contract wants no such table. */
  #outside(member: ManifestMember): Became {
    const became = this.#unknownTables === 'discard' ? 'skipped' : 'quarantined';
    this.#aside.push({
      code: 'member-unknown-table',
      severity: became === 'skipped' ? 'warning' : 'error',
      detail: `belongs to table ${JSON.stringify(member.table)}, which is not configured: ${became}`,
      archive: this.manifest.archive.key,
      member: member.name,
    });
    return became;
  }

  #count(became: Became, member: ManifestMember): void {
    const { members, rows } = this.#record;
    members[TALLY.read]++;
    members[TALLY[became]]++;
    rows[TALLY.read] += member.rows;
    if (became === 'loaded') {
      rows[TALLY.loaded] += member.rows - member.rowsQuarantined;
      rows[TALLY.quarantined] += member.rowsQuarantined;
    } else {
      rows[TALLY[became]] += member.rows;
    }
  }

  get #unknownTables(): ContractMode {
    return this.facts.config.contract.tables;
  }
}

function nothing(): Omit<ArchiveRecord, 'outcome'> {
  return { members: [0, 0, 0, 0, 0], rows: [0, 0, 0, 0, 0], names: 0, tables: 0 };
}

/** Of an archive that is a duplicate now, or superseded: its members are not read. */
function withoutShares({ outcome, members, rows, told }: ArchiveRecord, fate: ArchiveFate): ArchiveRecord {
  const record: ArchiveRecord = { ...nothing(), outcome };
  if (fate !== 'duplicate') return record;
  const all = ([read]: ArchiveTally): ArchiveTally => [read, 0, 0, read, 0];
  return { ...record, members: all(members), rows: all(rows), ...(told === undefined ? {} : { told }) };
}

function plannedArchive(
  candidate: Candidate,
  fate: ArchiveFate,
  manifest: Manifest | undefined,
): PlannedArchive {
  if (candidate.kind === 'missing') {
    const { source, key, bytes } = candidate;
    return { source, key, fate, ...(bytes === undefined ? {} : { bytes }) };
  }
  const { source, key, etag, bytes } = candidate.archive;
  const landed = { source, key, etag, bytes, fate, archiveId: candidate.id };
  if (manifest === undefined) return landed;
  const { rulesId, sha256, bytesConsumed, outcome } = manifest;
  // What is rejected may have been read in part only: its hash names nothing and nothing has to balance.
  return outcome === 'rejected'
    ? { ...landed, rulesId }
    : { ...landed, rulesId, sha256, consumed: bytesConsumed };
}
