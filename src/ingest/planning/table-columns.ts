import { joinColumnTypes } from '../../csv/column-type.js';
import type { ColumnType } from '../manifest.js';
import type { HeaderGroup } from './header-group.js';

/** The columns of a table, and what is known of each over all its rows. */
export interface TableColumns {
  columns: string[];
  /** Distinct headers, the table's own columns first. */
  headers: string[][];
  /** Position in `headers` of each group's header, by `HeaderGroup.index`. */
  headerOf: Map<number, number>;
  nulls: number[];
  types: ColumnType[];
  missingFields: string[];
}

/**
 * The columns some member has: known ones in their known order, then new ones by first appearance. What a member
 * lacks is an empty cell in each of its rows, and counts as null.
 */
export function tableColumns(
  groups: readonly HeaderGroup[],
  order: readonly string[],
  expected: readonly string[],
  dropped: ReadonlySet<string>,
): TableColumns {
  const present = new Set(groups.flatMap((group) => group.columns.filter((column) => !dropped.has(column))));
  const columns = [...new Set([...order, ...present])].filter((column) => present.has(column));
  const headers = [columns];
  const positions = new Map([[JSON.stringify(columns), 0]]);
  const headerOf = new Map<number, number>();
  for (const group of groups) {
    const name = JSON.stringify(group.columns);
    let position = positions.get(name);
    if (position === undefined) {
      position = headers.push([...group.columns]) - 1;
      positions.set(name, position);
    }
    headerOf.set(group.index, position);
  }
  return {
    columns,
    headers,
    headerOf,
    nulls: columns.map((column) => sum(groups, (group) => nullsOf(group, column))),
    types: columns.map((column) => typeOf(groups, column)),
    // Columns that no member has come last: their place must not depend on what an earlier version knew.
    missingFields: [...new Set([...columns, ...expected])].filter((column) =>
      groups.some((group) => !group.names.has(column)),
    ),
  };
}

function nullsOf(group: HeaderGroup, column: string): number {
  const index = group.columns.indexOf(column);
  return index < 0 ? group.rows : group.nulls[index]!;
}

function typeOf(groups: readonly HeaderGroup[], column: string): ColumnType {
  return groups.reduce<ColumnType>((type, group) => {
    const index = group.columns.indexOf(column);
    return index < 0 ? type : joinColumnTypes(type, group.types[index]!);
  }, 'null');
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
