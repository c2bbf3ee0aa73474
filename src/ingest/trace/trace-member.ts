import { requireJson } from '../documents/json-object.js';
import { type Manifest, type ManifestMember, manifestSchema } from '../manifest.js';
import { type OutputRange, outputRanges, plannedBytes } from '../merging/output-ranges.js';
import { readPlan } from '../planning/read-plan.js';
import { NotInTableError, type PublishedRows } from './published-rows.js';
import { membersOf, rowsWritten } from './range-members.js';

/** Where the rows of a member are in a published table. */
export interface TracedMember {
  readonly manifest: Manifest;
  readonly member: ManifestMember;
  /** 1-based data rows of the table, first and last; absent when none of it is there. */
  readonly rows?: { readonly first: number; readonly last: number };
  /** Bytes of the table, `[from, to)`, where they are known without reading rows. */
  readonly bytes?: { readonly from: number; readonly to: number };
}

const AT_ONCE = 16;

/**
 * All members of this name, in canonical order. Reads the manifests of the day's archives, or of the one named.
 * @throws NotInTableError when there is none
 */
export async function traceMember(
  table: PublishedRows,
  name: string,
  archiveKey?: string,
): Promise<TracedMember[]> {
  const { store, layout, version, call } = table;
  const { archives } = await readPlan(store, layout.version(version), call);
  const candidates = archives.filter(({ key }) => archiveKey === undefined || key === archiveKey);
  const needle = Buffer.from(JSON.stringify(name));
  const found: TracedMember[][] = [];
  const queue = candidates.entries();
  const reader = async () => {
    for (const [index, { archiveId, rulesId }] of queue) {
      if (archiveId === undefined || rulesId === undefined) continue;
      const key = layout.manifest(archiveId, rulesId);
      const bytes = await store.getBytes(key, call);
      // Nearly all manifests name other members, and need not be understood.
      if (!bytes.includes(needle)) continue;
      const manifest = await requireJson(store, key, manifestSchema, call);
      found[index] = manifest.members
        .filter((member) => member.name === name && member.table === table.plan.table)
        .map((member) => placed(table, manifest, member));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, reader));
  const members = found.flat().filter((member) => member !== undefined);
  if (members.length > 0) return members;
  const where = archiveKey ?? `the ${candidates.length} archives of ${layout.partner} ${layout.date}`;
  throw new NotInTableError(`no member ${JSON.stringify(name)} of table ${table.plan.table} in ${where}`);
}

function placed(table: PublishedRows, manifest: Manifest, member: ManifestMember): TracedMember {
  const { range, outcome } = member;
  if (range === undefined || outcome !== 'loaded') return { manifest, member };
  const { archiveId, rulesId } = manifest;
  const key = table.layout.segment(archiveId, rulesId, manifest.objects[range.object]!.name);
  for (const output of outputRanges(table.plan, table.receipt)) {
    const { range: planned } = output;
    if (planned.key !== key || range.offset < planned.offset) continue;
    if (range.offset + range.bytes > planned.offset + planned.bytes) continue;
    const before = [...membersOf(manifest, planned)].find(
      (other) => other.member.position === member.position,
    )!.row;
    const first = output.row + before + 1;
    const bytes = bytesOf(
      table,
      output,
      range.offset - planned.offset,
      before,
      range.bytes,
      rowsWritten(member),
    );
    return {
      manifest,
      member,
      rows: { first, last: first + rowsWritten(member) - 1 },
      ...(bytes === undefined ? {} : { bytes }),
    };
  }
  // Set aside, or a duplicate, when the day was planned.
  return { manifest, member };
}

/** Every row of the range grew by the same number of bytes, unless columns were left out. */
function bytesOf(
  { plan }: PublishedRows,
  { range, offset }: OutputRange,
  bytesBefore: number,
  rowsBefore: number,
  bytes: number,
  rows: number,
): TracedMember['bytes'] {
  const planned = plannedBytes(plan, range);
  if (planned === undefined || offset === undefined) return undefined;
  const grown = (planned - range.bytes) / range.rows;
  const from = offset + bytesBefore + grown * rowsBefore;
  return { from, to: from + bytes + grown * rows };
}
