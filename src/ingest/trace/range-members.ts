import type { Checkpoint } from '../../csv/checkpoints.js';
import { requireJson } from '../documents/json-object.js';
import { UnreadableObjectError } from '../documents/unreadable-object.js';
import { type Manifest, type ManifestMember, manifestSchema } from '../manifest.js';
import type { PlannedRange } from '../planning/plan.js';
import type { PublishedRows } from './published-rows.js';

const SEGMENT_KEY = /\/extract\/([0-9a-f]+)\/([0-9a-f]+)\/([^/]+)$/;

/** A member whose rows lie in a range, and how many rows of the range come before them. */
export interface RangeMember {
  readonly member: ManifestMember & { range: NonNullable<ManifestMember['range']> };
  readonly row: number;
}

/** The archive a range was extracted from. */
export async function manifestOf(
  { store, layout, call }: PublishedRows,
  { key }: PlannedRange,
): Promise<Manifest> {
  const [, archiveId, rulesId] = SEGMENT_KEY.exec(key) ?? [];
  if (archiveId === undefined || rulesId === undefined) {
    throw new UnreadableObjectError(key, 'no key of a segment');
  }
  return requireJson(store, layout.manifest(archiveId, rulesId), manifestSchema, call);
}

/** The members of a range, in the order of their rows. Neighbours were made one range when the table was planned. */
export function* membersOf(manifest: Manifest, planned: PlannedRange): Generator<RangeMember> {
  const name = planned.key.slice(planned.key.lastIndexOf('/') + 1);
  const end = planned.offset + planned.bytes;
  let row = 0;
  for (const member of manifest.members) {
    const { range, outcome } = member;
    if (range === undefined || outcome !== 'loaded' || manifest.objects[range.object]!.name !== name)
      continue;
    if (range.offset < planned.offset || range.offset + range.bytes > end) continue;
    yield { member: { ...member, range }, row };
    row += rowsWritten(member);
  }
}

export function rowsWritten({ rows, rowsQuarantined }: ManifestMember): number {
  return rows - rowsQuarantined;
}

/** The last checkpoint that is not behind the row. @param row rows of the member before it */
export function lastCheckpoint(member: ManifestMember, row: number): Checkpoint {
  return checkpointBefore(member, (checkpoint) => checkpoint.row <= row);
}

export function checkpointBefore(
  { checkpoints }: ManifestMember,
  isBefore: (checkpoint: Checkpoint) => boolean,
): Checkpoint {
  return checkpoints?.findLast(isBefore) ?? { row: 0, line: 2, at: 0 };
}
