import { joinColumnTypes } from '../../csv/column-type.js';
import type { ColumnType } from '../manifest.js';
import type { ShareGroup } from './table-share.js';

/** All merged members of a table that share one header. */
export class HeaderGroup {
  members = 0;
  rows = 0;
  readonly nulls: number[];
  readonly types: ColumnType[];
  readonly names: ReadonlySet<string>;

  constructor(
    readonly columns: readonly string[],
    /** Where the header was seen first, in canonical order. */
    readonly archive: string,
    readonly member: string,
    /** Counts the headers of the table in order of first appearance. */
    readonly index: number,
    /** Whether the contract lets its members be merged. */
    readonly honoured: boolean,
  ) {
    this.names = new Set(columns);
    this.nulls = columns.map(() => 0);
    this.types = columns.map(() => 'null');
  }

  add({ members, rows, nulls, types }: ShareGroup): void {
    this.members += members;
    this.rows += rows;
    for (let column = 0; column < this.nulls.length; column++) {
      this.nulls[column]! += nulls[column]!;
      this.types[column] = joinColumnTypes(this.types[column]!, types[column]!);
    }
  }
}
