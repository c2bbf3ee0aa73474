import { z } from 'zod';
import { type Finding, findingSchema } from '../../quality/finding.js';
import { type Counted, countedSchema } from '../extraction/finding-log.js';
import type { ColumnType } from '../manifest.js';

/** Members and rows. */
export type Tally = [members: number, rows: number];

/** Archives of a header that keep the name of its first member for later versions. */
export const NAMES_KEPT = 20;

/** What the members of one archive with one header give to a table. */
export interface ShareGroup {
  /** Index into the headers of the list the share is in. */
  header: number;
  members: number;
  /** Written to ranges. */
  rows: number;
  rowsQuarantined: number;
  /** Null cells per column of the header. */
  nulls: number[];
  types: ColumnType[];
  /** The first of these members; only the first archives of a header keep it. */
  member?: string | undefined;
}

/**
 * What one archive gives to one table. A table's plan is a fold over these in canonical order: with them and its
 * ranges a later version folds it again without a manifest.
 */
export interface TableShare {
  /** Its id. */
  archive: string;
  /** How many of the table's ranges are its own. */
  ranges: number;
  groups: ShareGroup[];
  quarantined: Tally;
  duplicate: Tally;
  /** What is to be told of it: the first of each kind in the table in full. */
  findings: Finding[];
  /** How many more there are, by kind. */
  more: Counted[];
}

const TYPES: readonly ColumnType[] = ['null', 'boolean', 'integer', 'decimal', 'date', 'timestamp', 'text'];
const LETTERS = 'nbidDtx';

const encodedSchema = z.tuple([
  z.string(),
  z.number().int(),
  z.array(
    z.tuple([
      z.number().int(),
      z.number().int(),
      z.number().int(),
      z.number().int(),
      z.string(),
      z.union([z.literal(0), z.array(z.number().int())]),
      z.union([z.literal(0), z.string()]),
    ]),
  ),
  z.tuple([z.number().int(), z.number().int(), z.number().int(), z.number().int()]),
  z.array(findingSchema),
  z.array(countedSchema),
]);
/** A share as it is stored: a list, most of which are numbers, because a day has a million of them. */
export type EncodedShare = z.infer<typeof encodedSchema>;

const someSchema = z.array(encodedSchema);

/** Shares that were stored. @throws ZodError, SyntaxError when they are none */
export function parseShares(text: string): EncodedShare[] {
  return someSchema.parse(JSON.parse(`[${text}]`));
}

export function encodeShare(share: TableShare): EncodedShare {
  const { archive, ranges, groups, quarantined, duplicate, findings, more } = share;
  return [
    archive,
    ranges,
    groups.map(({ header, members, rows, rowsQuarantined, nulls, types, member }) => [
      header,
      members,
      rows,
      rowsQuarantined,
      types.map((type) => LETTERS[TYPES.indexOf(type)]).join(''),
      nulls.some((count) => count > 0) ? nulls : 0,
      member ?? 0,
    ]),
    [...quarantined, ...duplicate],
    findings,
    more,
  ];
}

export function decodeShare(encoded: EncodedShare): TableShare {
  const [archive, ranges, groups, [q, qRows, d, dRows], findings, more] = encoded;
  return {
    archive,
    ranges,
    groups: groups.map(([header, members, rows, rowsQuarantined, letters, nulls, member]) => ({
      header,
      members,
      rows,
      rowsQuarantined,
      types: Array.from(letters, (letter) => TYPES[LETTERS.indexOf(letter)]!),
      nulls: nulls === 0 ? Array.from(letters, () => 0) : nulls,
      ...(member === 0 ? {} : { member }),
    })),
    quarantined: [q, qRows],
    duplicate: [d, dRows],
    findings,
    more,
  };
}
