import { asideColumns, type Rules } from '../../config/rules.js';
import { combineCrc32, crc32 } from '../../store/crc32.js';
import { ChecksumMismatchError } from '../../store/errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import type { PartnerDayLayout } from '../layout.js';
import type { Manifest } from '../manifest.js';
import { pinnedRules } from '../pinned-rules.js';
import type { PlannedRange, TablePlan } from '../planning/plan.js';
import { ManifestReader } from '../planning/read-manifests.js';
import { membersOf } from '../trace/range-members.js';
import { Turns } from '../turns.js';

/** Rows of one archive in one table, with the columns kept aside only. */
export interface AsideShare {
  /** Key of the archive. */
  readonly archive: string;
  /** What the rows have, in order. Empty: nothing was kept aside when the archive was read. */
  readonly columns: readonly string[];
  readonly pieces: readonly AsidePiece[];
}

/** A run of rows in one object. */
export interface AsidePiece {
  readonly key: string;
  readonly etag: string;
  readonly offset: number;
  readonly bytes: number;
  readonly crc32: number;
}

const SEGMENT = /\/extract\/([0-9a-f]+)\/([0-9a-f]+)\/[^/]+$/;

/**
 * What was kept aside of exactly those rows that a table consists of, archive by archive in canonical order: the
 * members of its planned ranges, as the manifests of their archives know them.
 */
export async function* asideShares(
  store: ObjectStore,
  layout: PartnerDayLayout,
  plan: TablePlan,
  call: CallOptions = {},
): AsyncGenerator<AsideShare> {
  const archives = byArchive(plan.ranges);
  const wanted = archives.map(({ id, rulesId }) => ({ id, rules: [rulesId] }));
  const reader = new ManifestReader(store, layout, wanted, new Turns(call.signal), call);
  const rules = new Map<string, Rules>();
  for (const { id, rulesId, ranges } of archives) {
    const manifest = await reader.next();
    if (manifest === undefined) continue;
    const read = rules.get(rulesId) ?? (await pinnedRules(store, layout, rulesId, call));
    rules.set(rulesId, read);
    const keyOf = (name: string) => layout.segment(id, rulesId, name);
    const pieces = piecesOf(manifest, ranges, keyOf);
    const columns = pieces === undefined ? [] : asideColumns(read, plan.table);
    yield { archive: manifest.archive.key, columns, pieces: pieces ?? [] };
  }
}

/** Bytes of a share; each chunk is valid until the next is asked for. @throws ObjectNotFoundError when they have expired */
export async function* readShare(
  store: ObjectStore,
  { pieces }: AsideShare,
  call: CallOptions = {},
): AsyncGenerator<Uint8Array> {
  for (const { key, etag, offset, bytes, crc32: expected } of pieces) {
    const range = { offset, length: bytes };
    const { stream } = await store.get(key, { ...call, range, ifMatch: etag, reuse: true });
    let actual = 0;
    for await (const chunk of stream) {
      actual = crc32(chunk, actual);
      yield chunk;
    }
    if (actual !== expected) throw new ChecksumMismatchError(key, expected, actual);
  }
}

interface ArchiveRanges {
  id: string;
  rulesId: string;
  ranges: PlannedRange[];
}

function byArchive(ranges: readonly PlannedRange[]): ArchiveRanges[] {
  const archives = new Map<string, ArchiveRanges>();
  for (const range of ranges) {
    const [, id, rulesId] = SEGMENT.exec(range.key) ?? [];
    if (id === undefined || rulesId === undefined) continue;
    const name = `${id} ${rulesId}`;
    const known = archives.get(name);
    if (known) known.ranges.push(range);
    else archives.set(name, { id, rulesId, ranges: [range] });
  }
  return [...archives.values()];
}

/** Neighbours are one piece. `undefined`: some of the rows were not kept aside. */
function piecesOf(
  manifest: Manifest,
  ranges: readonly PlannedRange[],
  keyOf: (name: string) => string,
): AsidePiece[] | undefined {
  const pieces: AsidePiece[] = [];
  for (const range of ranges) {
    for (const { member } of membersOf(manifest, range)) {
      if (member.aside === undefined) return undefined;
      const { object, offset, bytes, crc32: own } = member.aside;
      const { name, etag } = manifest.objects[object]!;
      const last = pieces.at(-1);
      if (last !== undefined && last.key === keyOf(name) && last.offset + last.bytes === offset) {
        const joined = combineCrc32(last.crc32, own, bytes);
        pieces[pieces.length - 1] = { ...last, bytes: last.bytes + bytes, crc32: joined };
      } else pieces.push({ key: keyOf(name), etag, offset, bytes, crc32: own });
    }
  }
  return pieces;
}
