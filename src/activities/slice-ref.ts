import type { Slice } from '../ingest/extraction/slice.js';
import type { SliceRef } from './contract.js';

/** The little of a slice that the workflow needs. */
export function sliceRef(index: number, key: string, { groups }: Slice): SliceRef {
  const archives = groups.flat();
  return {
    index,
    key,
    archives: archives.length,
    bytes: archives.reduce((sum, archive) => sum + archive.bytes, 0),
    groups: groups.map((group) => group.length),
  };
}
