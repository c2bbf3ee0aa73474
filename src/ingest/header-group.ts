import { joinColumnTypes } from '../csv/column-type.js';
import type { ColumnType, ManifestMember } from './manifest.js';

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
  ) {
    this.names = new Set(columns);
    this.nulls = columns.map(() => 0);
    this.types = columns.map(() => 'null');
  }

  add(member: ManifestMember): void {
    this.members++;
    this.rows += member.rows - member.rowsQuarantined;
    const { nulls, types } = this;
    for (let column = 0; column < nulls.length; column++) {
      nulls[column]! += member.nulls?.[column] ?? 0;
      const type = member.types?.[column];
      if (type !== undefined && type !== types[column]) types[column] = joinColumnTypes(types[column]!, type);
    }
  }
}
