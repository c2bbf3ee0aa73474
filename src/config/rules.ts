import { z } from 'zod';
import { bytes } from './bytes.js';

/** One byte in every encoding there is a setting for; which bytes make no sense is cross-checked. */
const byteCharacter = z.string().regex(/^[\0-\x7f]$/, 'expected one ASCII character');

/** How a CSV is written. Never guessed: a member that does not fit is a finding with a hint. */
export const dialectSchema = z
  .strictObject({
    delimiter: byteCharacter.default(',').describe('One character between fields.'),
    quote: byteCharacter.default('"').describe('The quote character; doubled inside quotes.'),
    encoding: z
      .enum(['utf-8', 'utf-16le', 'utf-16be', 'cp949', 'euc-kr'])
      .default('utf-8')
      .describe('Encoding of the members. Output is always UTF-8.'),
    nullTokens: z
      .array(z.string())
      .default([])
      .describe(
        'Values counted as null besides the empty one, e.g. `NULL`. Values themselves are never changed.',
      ),
  })
  .prefault({});
export type Dialect = z.infer<typeof dialectSchema>;

/** What a part of a table's schema may do without asking (after dlt's schema contracts). */
const contractMode = z.enum(['evolve', 'freeze', 'discard', 'quarantine']);
export type ContractMode = z.infer<typeof contractMode>;

export const contractSchema = z
  .strictObject({
    tables: contractMode
      .default('evolve')
      .describe('A table that is not configured: merge it, refuse it, drop its members, or quarantine them.'),
    columns: contractMode
      .default('evolve')
      .describe(
        'A column that is not in `columns`: add it, refuse the table, drop the column, or quarantine the member.',
      ),
    types: contractMode
      .default('evolve')
      .describe(
        'A value that does not fit `types`: report it, refuse the table, drop the row, or quarantine the row.',
      ),
  })
  .prefault({});
export type Contract = z.infer<typeof contractSchema>;

export const tableSchema = z.strictObject({
  columns: z
    .array(z.string().min(1))
    .optional()
    .describe('Expected columns in order. Absent: learned from the data.'),
  required: z
    .array(z.string().min(1))
    .default([])
    .describe('Columns without which the table must not be merged.'),
  types: z
    .record(z.string(), z.enum(['boolean', 'integer', 'decimal', 'date', 'timestamp', 'text']))
    .default({})
    .describe('Expected type per column.'),
  aliases: z
    .record(z.string(), z.string())
    .default({})
    .describe('Header names to read as another: `{old: new}`.'),
  // Without their prefault: an absent one stays absent, or every configured table would lose the partner's own.
  contract: contractSchema.unwrap().optional().describe('Overrides the partner’s contract for this table.'),
  dialect: dialectSchema.unwrap().optional().describe('Overrides the partner’s dialect for this table.'),
  aside: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe(
      'Columns that extraction also writes on their own, for rules across tables. A member without one gets empty values.',
    ),
  maxErrorRate: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('Share of rows quarantined above which the table must not be merged (0..1).'),
});
export type TableRules = z.infer<typeof tableSchema>;

export const limitsSchema = z
  .strictObject({
    archiveBytes: bytes.default(50 * 2 ** 30).describe('Largest archive (compressed).'),
    uncompressedBytes: bytes.default(500 * 2 ** 30).describe('Most bytes one archive may inflate to.'),
    ratio: z
      .number()
      .positive()
      .default(1_000)
      .describe('Most uncompressed bytes per compressed byte (after 64 MiB).'),
    members: z.number().int().positive().default(100_000).describe('Most members in one archive.'),
    recordBytes: bytes.default(8 * 2 ** 20).describe('Longest row.'),
    headerBytes: bytes.default(2 ** 20).describe('Longest header line.'),
    columns: z.number().int().positive().default(4_096).describe('Most columns in a header.'),
  })
  .prefault({});
export type Limits = z.infer<typeof limitsSchema>;

export const membersSchema = z
  .strictObject({
    pattern: z
      .string()
      .default('{table}_{date}_{batch}.csv')
      .describe('Member file names; `{table}`, `{date}`, `{batch}` and `*`. `{table}` may contain `_`.'),
    dateFormat: z.enum(['YYYYMMDD', 'YYYY-MM-DD']).default('YYYYMMDD').describe('How `{date}` is written.'),
    onBrokenArchive: z
      .enum(['salvage', 'reject'])
      .default('salvage')
      .describe('A cut archive: keep the whole members before the cut, or set all of it aside.'),
    onReusedName: z
      .enum(['keep', 'quarantine'])
      .default('keep')
      .describe(
        'The same member name with other bytes in two archives of a day: keep both, or quarantine both.',
      ),
    blankLines: z
      .enum(['skip', 'null-row'])
      .default('skip')
      .describe('A blank line: nothing, or (one-column tables) a row with a null.'),
  })
  .prefault({});
export type MemberRules = z.infer<typeof membersSchema>;

/** Everything that decides which bytes come out of an archive. Its hash is the `rulesId`. */
export const rulesSchema = z.object({
  members: membersSchema,
  dialect: dialectSchema,
  contract: contractSchema,
  limits: limitsSchema,
  tables: z.record(z.string(), tableSchema),
  /** Columns that rules across tables need, by table. Absent: there are no such rules. */
  aside: z.record(z.string(), z.array(z.string())).optional(),
});
export type Rules = z.infer<typeof rulesSchema>;

/** Columns of a table that are also written on their own, in this order. */
export function asideColumns({ tables, aside = {} }: Rules, table: string): string[] {
  const own = Object.hasOwn(tables, table) ? (tables[table]!.aside ?? []) : [];
  return [...new Set([...own, ...(Object.hasOwn(aside, table) ? aside[table]! : [])])];
}
