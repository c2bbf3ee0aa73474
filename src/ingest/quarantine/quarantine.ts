import type { Finding, FindingCode } from '../../quality/finding.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import type { ArchiveRef } from '../archive-ref.js';
import { readJson } from '../documents/json-object.js';
import { MemberNames } from '../extraction/member-names.js';
import type { PartnerDayLayout } from '../layout.js';
import { type Manifest, type ManifestMember, manifestSchema } from '../manifest.js';
import type { Plan, PlannedArchive, TablePlan } from '../planning/plan.js';
import { readQuarantinedRows } from './quarantined-rows.js';

/** Something that was set aside and is in no table, with its exact place. */
export interface QuarantinedItem {
  /** Names it in `quarantine show`: the archive's, then `.m` and a position for a member, `.r` and a number for a row. */
  readonly id: string;
  readonly kind: 'archive' | 'member' | 'row';
  readonly archive: ArchiveRef;
  /** Rules the archive was read by; absent where it was never read. */
  readonly rulesId?: string;
  readonly code: FindingCode;
  readonly detail: string;
  readonly table?: string;
  readonly member?: string;
  /** Of a member: its 0-based position among the entries of the archive, and the rows read in it. */
  readonly position?: number;
  readonly rows?: number;
  /** Of a row: its 1-based number, physical line and byte offset in the member. */
  readonly row?: number;
  readonly line?: number;
  readonly offset?: number | undefined;
  /** Of a row: without its line end. Absent where the contract drops it. Bytes of members stay in their archive. */
  readonly raw?: Buffer;
}

export interface QuarantineInput {
  readonly store: ObjectStore;
  readonly layout: PartnerDayLayout;
  readonly plan: Plan;
  readonly tables: ReadonlyMap<string, TablePlan>;
  /** Only archives whose id begins so. Default: all. */
  readonly archiveId?: string;
  /** Rows were set aside of this archive, and a sweep has deleted them. */
  readonly onExpired?: ((archive: PlannedArchive) => void) | undefined;
  readonly call?: CallOptions;
}

const ID_LENGTH = 12;
const NEVER_READ = { code: 'archive-unreadable', detail: 'could not be read in any of its tries' } as const;

/** Everything a version has set aside, in canonical order. Reads every manifest once. */
export async function* readQuarantine(input: QuarantineInput): AsyncGenerator<QuarantinedItem> {
  const { store, plan, archiveId = '', call = {} } = input;
  const planned = new PlannedMembers(input);
  const archives = plan.archives.filter((archive) => archive.archiveId?.startsWith(archiveId));
  for await (const [archive, manifest] of withManifests(input, archives)) {
    const { source, key, etag = '', bytes = 0, fate, rulesId } = archive;
    const id = archive.archiveId!.slice(0, ID_LENGTH);
    const about = { archive: { source, key, etag, bytes }, ...(rulesId === undefined ? {} : { rulesId }) };
    if (fate === 'quarantined') {
      const ofArchive = (finding: Finding) => finding.severity === 'error' && finding.member === undefined;
      const told = plan.findings.find((finding) => finding.archive === key && ofArchive(finding));
      const { code, detail } = manifest?.findings.find(ofArchive) ?? told ?? NEVER_READ;
      yield { id, kind: 'archive', ...about, code, detail };
    }
    if (!manifest || (fate !== 'merged' && fate !== 'salvaged')) continue;
    const loaded = new Map<string, string | undefined>();
    for (const member of manifest.members) {
      const { name, table, position, rows, outcome } = member;
      const why = planned.setAside(manifest, member);
      if (why) {
        const place = { member: name, position, rows, ...(table === undefined ? {} : { table }) };
        yield { id: `${id}.m${position}`, kind: 'member', ...about, ...why, ...place };
      } else if (outcome === 'loaded') loaded.set(name, table);
    }
    if (manifest.quarantine === undefined) continue;
    if ((await store.head(manifest.quarantine, call)) === undefined) {
      input.onExpired?.(archive);
      continue;
    }
    for await (const { number, ...row } of readQuarantinedRows(store, manifest.quarantine, call)) {
      // Rows of a member that is set aside as a whole, or left out, went with it.
      if (!loaded.has(row.member)) continue;
      const table = loaded.get(row.member);
      yield {
        id: `${id}.r${number}`,
        kind: 'row',
        ...about,
        ...row,
        ...(table === undefined ? {} : { table }),
      };
    }
  }
}

const AT_ONCE = 32;

async function* withManifests(
  { store, layout, call = {} }: QuarantineInput,
  archives: readonly PlannedArchive[],
): AsyncGenerator<[PlannedArchive, Manifest | undefined]> {
  for (let from = 0; from < archives.length; from += AT_ONCE) {
    const some = archives.slice(from, from + AT_ONCE);
    const manifests = await Promise.all(
      some.map(({ archiveId, rulesId }) =>
        rulesId === undefined
          ? undefined
          : readJson(store, layout.manifest(archiveId!, rulesId), manifestSchema, call),
      ),
    );
    for (const [index, archive] of some.entries()) yield [archive, manifests[index]];
  }
}

type Why = Pick<Finding, 'code' | 'detail'>;

/** What the plan made of members: what it did not set aside is in a range of it. To be asked in canonical order. */
class PlannedMembers {
  readonly #layout: PartnerDayLayout;
  readonly #names = new MemberNames();
  readonly #ranges = new Map<string, { from: number; to: number }[]>();
  readonly #tables: ReadonlySet<string>;
  readonly #findings = new Map<string, Finding>();
  readonly #unknownTable: Finding | undefined;

  constructor({ layout, plan, tables }: QuarantineInput) {
    this.#layout = layout;
    this.#tables = new Set(tables.keys());
    this.#unknownTable = plan.findings.find(({ code }) => code === 'member-unknown-table');
    for (const table of tables.values()) {
      for (const { key, offset, bytes } of table.ranges) {
        const range = { from: offset, to: offset + bytes };
        const known = this.#ranges.get(key);
        if (known) known.push(range);
        else this.#ranges.set(key, [range]);
      }
      for (const finding of table.findings) {
        const { severity, archive, member } = finding;
        if (severity === 'error' && member !== undefined)
          this.#findings.set(`${archive}\0${member}`, finding);
      }
    }
  }

  /** Why none of the member's rows is in a table; `undefined` where they are, or where it has another reason not to be. */
  setAside(manifest: Manifest, member: ManifestMember): Why | undefined {
    const { name, outcome, table, range } = member;
    if (outcome === 'quarantined') return whyExtracted(manifest, name);
    if (outcome !== 'loaded') return undefined;
    if (table === undefined || !this.#tables.has(table)) {
      const unknown = this.#unknownTable;
      return unknown?.severity === 'error' ? { code: unknown.code, detail: unknown.detail } : undefined;
    }
    // What comes twice is no loss.
    if (this.#names.see(member) === 'duplicate' || range === undefined) return undefined;
    const object = manifest.objects[range.object]!.name;
    const key = this.#layout.segment(manifest.archiveId, manifest.rulesId, object);
    const isTaken = this.#ranges
      .get(key)
      ?.some(({ from, to }) => from <= range.offset && range.offset + range.bytes <= to);
    if (isTaken) return undefined;
    const told = this.#findings.get(`${manifest.archive.key}\0${name}`);
    const detail =
      'the contract of its table does not allow its header, or its name stands for other bytes, too';
    return told ? { code: told.code, detail: told.detail } : { code: 'contract-breach', detail };
  }
}

/** A member's row findings come before what it was rejected for. */
function whyExtracted({ findings }: Manifest, name: string): Why {
  const own = findings.filter(({ member, severity }) => member === name && severity === 'error');
  const why = own.findLast(({ code }) => !code.startsWith('row-')) ?? own.at(-1);
  if (why) return { code: why.code, detail: why.detail };
  return { code: 'member-rejected', detail: 'one of many; the archive’s findings count them' };
}
