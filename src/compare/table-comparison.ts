/** How two tables differ. */
export interface TableComparison {
  table: string;
  same: boolean;
  rows: Sides<number>;
  columns: {
    onlyPublished: string[];
    onlyLegacy: string[];
    /** Both have the same columns, in another order: told, and no difference of its own. */
    reordered: boolean;
  };
  /** Columns rows are matched by; empty: a row is matched by all its values. */
  key: string[];
  /** Rows that are in both, all compared values alike. */
  equal: number;
  /** Rows of the same key with other values. */
  changed: number;
  onlyPublished: number;
  onlyLegacy: number;
  /** Rows whose key occurs more than once on their side. */
  repeatedKeys: Sides<number>;
  /** Rows with fewer or more values than their header. */
  ragged: Sides<number>;
  /** Changed values per column, the most first. */
  changedColumns: { column: string; values: number }[];
  /** The first few of each kind. */
  samples: {
    changed: {
      key: Record<string, string>;
      values: { column: string; published: string; legacy: string }[];
    }[];
    onlyPublished: Record<string, string>[];
    onlyLegacy: Record<string, string>[];
  };
}

export interface Sides<T> {
  published: T;
  legacy: T;
}

export type Side = keyof Sides<unknown>;

export const SAMPLES = 5;
