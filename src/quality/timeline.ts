import { z } from 'zod';
import { MemberNamePattern } from '../archive/member-name.js';
import type { PartnerConfig } from '../config/partner-config.js';
import type { Plan, TableHead } from '../ingest/planning/plan.js';
import { compareUtf8 } from '../store/utf8-order.js';
import type { Finding } from './finding.js';

/** Where values of another type begin in a column, and how much of the day is concerned. */
export interface RetypedPlace {
  table: string;
  column: string;
  archive: string;
  member?: string;
  members: number;
  rows: number;
  /** Members and rows of whole archives were counted: these are the most it can be. */
  atMost?: true;
}

/** One change of a table's columns during the day: where it was seen first, and how much of the day has it. */
export const schemaEventSchema = z.object({
  table: z.string(),
  kind: z.enum(['added', 'removed', 'reordered', 'renamed', 'retyped']),
  column: z.string(),
  /** `renamed`: the earlier column it may be, which is a suggestion. */
  was: z.string().optional(),
  archive: z.string().optional(),
  member: z.string().optional(),
  /** As the member's name has it. */
  batch: z.string().optional(),
  members: z.number().int().optional(),
  rows: z.number().int().optional(),
  /** Members and rows are the most it can be. */
  atMost: z.literal(true).optional(),
});
export type SchemaEvent = z.infer<typeof schemaEventSchema>;

export interface TimelineInput {
  plan: Pick<Plan, 'archives'>;
  heads: readonly TableHead[];
  /** `column-retyped` findings of the day. */
  retyped: readonly Finding[];
  places: readonly RetypedPlace[];
  members: PartnerConfig['members'];
}

/** How the day's headers changed, in the canonical order of archives; what has no place in it comes last. */
export function schemaTimeline({ plan, heads, retyped, places, members }: TimelineInput): SchemaEvent[] {
  const order = new Map(plan.archives.map(({ key }, index) => [key, index]));
  const pattern = new MemberNamePattern(members);
  const events: SchemaEvent[] = heads.flatMap(({ table, changes }) =>
    changes.map((change) => ({ table, ...change })),
  );
  for (const { table, column } of retyped) {
    if (table === undefined || column === undefined) continue;
    const place = places.find((candidate) => candidate.table === table && candidate.column === column);
    events.push({ table, kind: 'retyped', column, ...place });
  }
  const positionOf = ({ archive }: SchemaEvent) =>
    (archive === undefined ? undefined : order.get(archive)) ?? order.size;
  return events
    .map((event) => ({ ...event, ...batchOf(event, pattern) }))
    .sort(
      (a, b) =>
        positionOf(a) - positionOf(b) || compareUtf8(a.table, b.table) || compareUtf8(a.column, b.column),
    );
}

function batchOf({ table, member }: SchemaEvent, pattern: MemberNamePattern): { batch?: string } {
  if (member === undefined) return {};
  const batch = pattern.parse(member, (name) => name.table === table)?.batch;
  return batch === undefined ? {} : { batch };
}
