import type { ContractMode } from '../config/rules.js';
import type { Finding } from '../quality/finding.js';
import type { Candidate } from './archive-candidates.js';
import { ArchiveFates } from './archive-fates.js';
import type { ArchiveRef } from './archive-ref.js';
import { FindingLog } from './finding-log.js';
import { PartnerDayLayout } from './layout.js';
import type { Manifest, ManifestMember } from './manifest.js';
import { MemberNames } from './member-names.js';
import type { ArchiveFate, Plan, PlannedArchive, TablePlan } from './plan.js';
import type { AnnouncedArchive, PlanInput } from './plan-input.js';
import { TableFold } from './table-fold.js';
import { expectationOf, isConfigured } from './table-rules.js';
import { compareUtf8 } from './utf8-order.js';

type Became = 'loaded' | 'quarantined' | 'duplicate' | 'skipped';

/** Fates of archives whose members are counted and, where loaded, merged. */
const READ: ReadonlySet<ArchiveFate> = new Set(['merged', 'salvaged']);

/**
 * Folds archives, fed in canonical order, into a plan. Keeps counts and ranges only: a manifest can be dropped once it
 * was added.
 */
export class PlanFold {
  readonly #layout: PartnerDayLayout;
  readonly #fates: ArchiveFates;
  readonly #names = new MemberNames();
  readonly #tables = new Map<string, TableFold>();
  readonly #log = new FindingLog();
  readonly #archives: PlannedArchive[] = [];
  /** Of the manifest in hand. */
  #headerTexts: readonly string[] = [];
  readonly #members = { seen: 0, loaded: 0, quarantined: 0, duplicate: 0, skipped: 0 };
  readonly #rows = { read: 0, loaded: 0, quarantined: 0, duplicate: 0, skipped: 0 };

  constructor(
    private readonly input: PlanInput,
    /** Member names whose every bearer is quarantined. */
    private readonly reusedNames: ReadonlySet<string>,
  ) {
    this.#layout = new PartnerDayLayout(input.partner, input.date);
    this.#fates = new ArchiveFates(input);
  }

  add(candidate: Candidate, manifest: Manifest | undefined): void {
    const { fate, findings } = this.#fates.decide(candidate, manifest);
    this.#archives.push(planned(candidate, fate, manifest));
    for (const finding of findings) this.#log.add(finding);
    if (manifest === undefined || fate === 'superseded') return;
    for (const finding of manifest.findings) if (finding.table === undefined) this.#log.add(finding);
    if (fate === 'duplicate') {
      for (const member of manifest.members) this.#count('duplicate', member);
      return;
    }
    this.#headerTexts = manifest.headers.map((header) => JSON.stringify(header));
    for (const member of manifest.members) {
      this.#count(this.#place(manifest, member, READ.has(fate)), member);
    }
    for (const finding of manifest.findings) {
      if (finding.table !== undefined) this.#note(finding, finding.table);
    }
  }

  /** Table by table, then the plan, which names none of them yet. */
  *finish(): Generator<TablePlan, Plan> {
    const { partner, date, version, configKey, verdict } = this.input;
    const arrivals = countArrivals(this.input);
    if (arrivals.unnamed > 0) {
      const detail = `${arrivals.unnamed} archives were announced by number and have not landed`;
      this.#log.add({ code: 'archive-missing', severity: 'error', detail, count: arrivals.unnamed });
    }
    this.#noteAbsentTables();
    for (const name of [...this.#tables.keys()].sort(compareUtf8)) {
      yield this.#tables.get(name)!.finish(version);
    }
    return {
      format: 1,
      partner,
      date,
      version,
      configKey,
      verdict,
      archives: this.#archives,
      arrivals,
      tables: [],
      members: { ...this.#members },
      rows: { ...this.#rows },
      findings: this.#log.findings(),
    };
  }

  /** Decides what becomes of a member and tells its table. */
  #place(manifest: Manifest, member: ManifestMember, read: boolean): Became {
    const { outcome, table } = member;
    if (outcome === 'skipped') return 'skipped';
    if (table === undefined) return 'quarantined';
    if (this.#setsAside(table)) return this.#outside(manifest, member);
    const fold = this.#fold(table);
    if (outcome === 'duplicate') {
      fold.duplicate(member);
      return 'duplicate';
    }
    if (outcome === 'loaded' && read) return this.#load(fold, manifest, member);
    fold.quarantine(member);
    return 'quarantined';
  }

  #load(fold: TableFold, manifest: Manifest, member: ManifestMember): Became {
    const where = { archive: manifest.archive.key, member: member.name };
    const seen = this.#names.see(member);
    if (seen === 'duplicate') {
      const detail = 'has the name and the bytes of a member of an earlier archive, and is merged once';
      fold.note({ code: 'member-duplicate', severity: 'warning', detail, ...where });
      fold.duplicate(member);
      return 'duplicate';
    }
    if (this.reusedNames.has(member.name)) {
      const detail =
        'shares its name, but not its bytes, with a member of another archive; all are quarantined';
      fold.note({ code: 'member-name-reused', severity: 'error', detail, ...where });
      fold.quarantine(member);
      return 'quarantined';
    }
    if (seen === 'reused') {
      const detail =
        'shares its name, but not its bytes, with a member of an earlier archive; both are merged';
      fold.note({ code: 'member-name-reused', severity: 'warning', detail, ...where });
    }
    const { archiveId, rulesId } = manifest;
    return fold.merge(manifest, member, this.#headerTexts, (name) =>
      this.#layout.segment(archiveId, rulesId, name),
    );
  }

  #setsAside(table: string): boolean {
    const mode = this.#unknownTables;
    return (mode === 'discard' || mode === 'quarantine') && !isConfigured(table, this.input.config);
  }

  /** A member of a table that is not configured, where the contract wants no such table. */
  #outside(manifest: Manifest, member: ManifestMember): Became {
    const became = this.#unknownTables === 'discard' ? 'skipped' : 'quarantined';
    this.#log.add({
      code: 'member-unknown-table',
      severity: became === 'skipped' ? 'warning' : 'error',
      detail: `belongs to table ${JSON.stringify(member.table)}, which is not configured: ${became}`,
      archive: manifest.archive.key,
      member: member.name,
    });
    return became;
  }

  #count(became: Became, member: ManifestMember): void {
    this.#members.seen++;
    this.#members[became]++;
    this.#rows.read += member.rows;
    if (became === 'loaded') {
      this.#rows.loaded += member.rows - member.rowsQuarantined;
      this.#rows.quarantined += member.rowsQuarantined;
    } else {
      this.#rows[became] += member.rows;
    }
  }

  #note(finding: Finding, table: string): void {
    const fold = this.#tables.get(table);
    if (fold === undefined) this.#log.add(finding);
    else fold.note(finding);
  }

  #fold(table: string): TableFold {
    const known = this.#tables.get(table);
    if (known !== undefined) return known;
    const { config, bases, brokenBases } = this.input;
    const fold = new TableFold(expectationOf(table, config, bases?.get(table)));
    const broken = brokenBases?.get(table);
    if (broken !== undefined)
      fold.refuse(`its schema history cannot be read: ${broken}`, { code: 'schema-unreadable' });
    if (!isConfigured(table, config) && this.#unknownTables === 'freeze') {
      fold.refuse(
        'the contract does not know this table; add it to `tables` or let `contract.tables` evolve',
      );
    }
    this.#tables.set(table, fold);
    return fold;
  }

  get #unknownTables(): ContractMode {
    return this.input.config.contract.tables;
  }

  #noteAbsentTables(): void {
    const known = new Set([...Object.keys(this.input.config.tables), ...(this.input.bases?.keys() ?? [])]);
    for (const table of [...known].sort(compareUtf8)) {
      if (this.#tables.has(table)) continue;
      const detail = 'has no member in any archive of the day';
      this.#log.add({ code: 'table-without-members', severity: 'warning', table, detail });
    }
  }
}

function planned(candidate: Candidate, fate: ArchiveFate, manifest: Manifest | undefined): PlannedArchive {
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

/** Counted from what arrived and not from what was decided about it. */
function countArrivals({
  announced = [],
  announcedCounts = new Map(),
  landed,
  previous,
}: PlanInput): Plan['arrivals'] {
  const present = new Set<string>();
  const keys = new Set<string>();
  for (const { key, etag, bytes } of [...landed, ...(previous?.plan.archives ?? [])]) {
    if (etag === undefined || bytes === undefined) continue;
    present.add(`${key}\0${etag}\0${bytes}`);
    keys.add(key);
  }
  const absent = new Set(announced.map(({ key }) => key).filter((key) => !keys.has(key)));
  return {
    announced: new Set(announced.map(({ key }) => key)).size,
    landed: new Set(landed.map(({ key }) => key)).size,
    archives: present.size + absent.size,
    ...promised(announced, announcedCounts, landed),
  };
}

function promised(
  announced: readonly AnnouncedArchive[],
  counts: ReadonlyMap<string, number>,
  landed: readonly ArchiveRef[],
): { expected: number; unnamed: number } {
  const keysOf = (archives: readonly { source: string; key: string }[]) => {
    const sources = new Map<string, Set<string>>();
    for (const { source, key } of archives) {
      const keys = sources.get(source);
      if (keys === undefined) sources.set(source, new Set([key]));
      else keys.add(key);
    }
    return sources;
  };
  const [lists, here] = [keysOf(announced), keysOf(landed)];
  let [expected, unnamed] = [0, 0];
  for (const source of new Set([...lists.keys(), ...counts.keys(), ...here.keys()])) {
    const landedCount = here.get(source)?.size ?? 0;
    const listed = lists.get(source)?.size;
    const count = listed === undefined ? counts.get(source) : undefined;
    expected += listed ?? count ?? landedCount;
    unnamed += Math.max(0, (count ?? 0) - landedCount);
  }
  return { expected, unnamed };
}
