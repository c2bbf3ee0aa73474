import type { Relation } from '../config/table-relation.js';

/** A rule across tables in words. */
export function relationText({ kind, table, columns, by, to, ...rest }: Relation): string {
  const key = named(table, columns);
  switch (kind) {
    case 'foreign-key':
      return `every ${key} is a ${named(to!.table, to!.columns)}`;
    case 'unique':
      return `every ${key} is there once`;
    case 'row-ratio':
      return `${between(rest.least, rest.most)} rows of ${table} for each of ${to!.table}`;
    case 'date-window':
      return `${key} is ${around(rest.daysBefore, rest.daysAfter)}`;
    case 'sum': {
      const each = by === undefined ? '' : ` by ${by.join(', ')}`;
      return `the sum of ${key}${each} is that of ${named(to!.table, to!.columns)}`;
    }
  }
}

function named(table: string, columns: readonly string[] = []): string {
  return columns.length > 1 ? `${table}.(${columns.join(', ')})` : `${table}.${columns[0] ?? ''}`;
}

function between(least: number | undefined, most: number | undefined): string {
  if (least === undefined) return `at most ${most}`;
  return most === undefined ? `at least ${least}` : `${least} to ${most}`;
}

function around(before: number | undefined, after: number | undefined): string {
  const parts = [
    ...(before === undefined ? [] : [`at most ${before} days before`]),
    ...(after === undefined ? [] : [`at most ${after} days after`]),
  ];
  return `${parts.join(' and ')} the business date`;
}
