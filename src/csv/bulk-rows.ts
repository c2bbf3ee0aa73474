import type { Limits } from '../config/rules.js';
import type { MemberScanOptions } from './member-scan.js';
import type { ProfileBuilder } from './profile-builder.js';

/**
 * Takes good rows many at a time: exactly those, with exactly the counts, that a `ByteMemberScan` would have taken one
 * by one. Whatever is odd about a row, it leaves that row to the scan.
 */
export interface BulkRows {
  /** Rows, and physical lines, of what the last `take` took. */
  readonly rows: number;
  readonly lines: number;
  /** These rows in canonical form, where they do not stand so in the window. Valid until the next `take`. */
  readonly rewritten: Uint8Array | undefined;
  /**
   * Takes whole rows from `at`, a row start, on; adds their nulls and types to the profile. The window is valid UTF-8
   * without NUL bytes; all of a row's fields are written, in their order.
   * @returns the bytes taken; 0 when the scan has to look at the next row
   */
  take(window: Uint8Array, at: number): number;
}

export interface BulkRowsOptions {
  /** Columns as they stand in the rows. */
  readonly names: readonly string[];
  /** Types expected by column name. */
  readonly types: MemberScanOptions['table']['types'];
  /** UTF-8, none of them empty. */
  readonly nullTokens: readonly Uint8Array[];
  readonly limits: Pick<Limits, 'recordBytes'>;
}

/** Called once the header is in the profile. `undefined`: members like this are beyond it. */
export type CreateBulkRows = (
  profile: Pick<ProfileBuilder, 'nulls' | 'types'>,
  options: BulkRowsOptions,
) => BulkRows | undefined;
