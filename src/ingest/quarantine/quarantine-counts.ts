import type { QuarantinedItem } from './quarantine.js';

/** How much is set aside: a row of a member, or a member of an archive, that is set aside as a whole counts with it. */
export interface QuarantineCounts {
  archives: number;
  members: number;
  rows: number;
}

const COUNTED = { archive: 'archives', member: 'members', row: 'rows' } as const;

export function noQuarantine(): QuarantineCounts {
  return { archives: 0, members: 0, rows: 0 };
}

export function countItem(counts: QuarantineCounts, { kind }: QuarantinedItem): void {
  counts[COUNTED[kind]]++;
}
