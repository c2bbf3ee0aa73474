import { z } from 'zod';
import { TerminalError } from '../../errors.js';
import { type ArchiveFate, archiveFateSchema, type Plan } from '../planning/plan.js';
import type { TableEvidence } from './table-evidence.js';

/** One equation: `left` and `right` come from different evidence. */
const identitySchema = z.object({
  name: z.string(),
  left: z.number(),
  right: z.number(),
  holds: z.boolean(),
  /** What the right side consists of. */
  parts: z.record(z.string(), z.number()),
});
export type Identity = z.infer<typeof identitySchema>;

export const ledgerSchema = z.object({
  format: z.literal(1),
  partner: z.string(),
  date: z.string(),
  version: z.number().int().positive(),
  holds: z.boolean(),
  identities: z.array(identitySchema),
});
export type Ledger = z.infer<typeof ledgerSchema>;

/** A version whose numbers do not add up. Nothing of it is published. */
export class LedgerBrokenError extends TerminalError {
  constructor(
    readonly ledger: Ledger,
    readonly identity: Identity,
  ) {
    const parts = Object.entries(identity.parts).map(([name, count]) => `${name} ${count}`);
    super(
      `ledger of ${ledger.partner} ${ledger.date} v${ledger.version}: ${identity.name}: ${identity.left} on one side, ${identity.right} on the other (${parts.join(', ')}); nothing was published`,
    );
  }
}

/** @throws LedgerBrokenError naming the first identity that does not hold */
export function requireBalance(ledger: Ledger): void {
  const broken = ledger.identities.find((identity) => !identity.holds);
  if (broken !== undefined) throw new LedgerBrokenError(ledger, broken);
}

/** The balance of a version, from archive to table. */
export function buildLedger(plan: Plan, tables: readonly TableEvidence[]): Ledger {
  const identities = [
    archives(plan),
    archiveBytes(plan),
    // Before the sums, so that what is off is found in its table.
    ...tables.flatMap(tableIdentities),
    members(plan, tables),
    rows(plan, tables),
  ];
  const { partner, date, version } = plan;
  return { format: 1, partner, date, version, holds: identities.every(({ holds }) => holds), identities };
}

function archives(plan: Plan): Identity {
  const fates = Object.fromEntries(archiveFateSchema.options.map((fate) => [fate, 0])) as Record<
    ArchiveFate,
    number
  >;
  for (const { fate } of plan.archives) fates[fate]++;
  return identity('archives announced or landed', plan.arrivals.archives, fates);
}

/** Archive by archive: two errors must not cancel out. The first that is off is named. */
function archiveBytes(plan: Plan): Identity {
  const read = plan.archives.filter((archive) => archive.consumed !== undefined);
  const off = read.find((archive) => archive.bytes !== archive.consumed);
  if (off !== undefined)
    return identity(`bytes of archive ${off.key}`, off.bytes ?? 0, { consumed: off.consumed! });
  return identity(
    'bytes of archives',
    sum(read, (archive) => archive.bytes ?? 0),
    {
      consumed: sum(read, (archive) => archive.consumed!),
    },
  );
}

function members(plan: Plan, tables: readonly TableEvidence[]): Identity {
  const { quarantined, duplicate, skipped } = plan.members;
  return identity('members seen', plan.members.seen, {
    merged: sum(tables.filter(isMerged), (table) => table.members.merged),
    quarantined,
    duplicate,
    skipped,
    ofFailedTables: sum(tables.filter(isFailed), (table) => table.members.merged),
  });
}

function rows(plan: Plan, tables: readonly TableEvidence[]): Identity {
  const { quarantined, duplicate, skipped } = plan.rows;
  return identity('rows read', plan.rows.read, {
    merged: sum(tables, (table) => table.merged?.rows ?? 0),
    quarantined,
    ofDuplicateMembers: duplicate,
    ofSkippedMembers: skipped,
    ofFailedTables: sum(tables.filter(isFailed), (table) => table.rowsPlanned),
  });
}

function tableIdentities(evidence: TableEvidence): Identity[] {
  const { table, merged, rowsRead, rowsQuarantined, rowsDuplicate } = evidence;
  const aside = { quarantined: rowsQuarantined, ofDuplicateMembers: rowsDuplicate };
  if (merged === undefined) {
    return [identity(`rows of ${table}`, rowsRead, { ofFailedTables: evidence.rowsPlanned, ...aside })];
  }
  const { headerBytes, copiedBytes } = evidence;
  const { rewrittenBytes, storedBytes } = merged;
  return [
    identity(`rows of ${table}`, rowsRead, { merged: merged.rows, ...aside }),
    identity(`ranges of ${table}`, evidence.ranges, {
      takenOnce: evidence.ranges - evidence.rangesTakenTwice,
    }),
    identity(`bytes of ${table}`, storedBytes, {
      header: headerBytes,
      copied: copiedBytes,
      rewritten: rewrittenBytes,
    }),
    ...(merged.storedCrc32 === undefined
      ? []
      : [identity(`crc32 of ${table}`, merged.storedCrc32, { combined: merged.crc32 })]),
  ];
}

function identity(name: string, left: number, parts: Record<string, number>): Identity {
  const right = sum(Object.values(parts), (part) => part);
  return { name, left, right, holds: left === right, parts };
}

function isMerged(table: TableEvidence): boolean {
  return table.merged !== undefined;
}

function isFailed(table: TableEvidence): boolean {
  return table.merged === undefined;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
