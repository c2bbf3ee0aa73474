import { createKernelProjection } from '../../csv/kernel/kernel-projection.js';
import type { RowSink } from '../../csv/member-scan.js';
import type { MemberRows, SegmentRange } from '../extraction/segment-writer.js';

/** Where the rows of a member ended up. */
export interface WrittenRows extends RowSink {
  /** Known once the segment writers are closed. `undefined`: there were none. */
  range(): SegmentRange | undefined;
  aside?(): SegmentRange | undefined;
}

/** Passes rows on, and the columns kept aside of the same rows to a place of their own. */
export class AsideRows implements WrittenRows {
  readonly #projection: ReturnType<typeof createKernelProjection>;

  constructor(
    private readonly rows: MemberRows,
    private readonly kept: MemberRows,
    { header, columns }: { header: readonly string[]; columns: readonly string[] },
  ) {
    this.#projection = createKernelProjection(header, columns);
  }

  get crc(): number {
    return this.rows.crc;
  }

  write(rows: Uint8Array): void {
    this.rows.write(rows);
    const kept = this.#projection.write(rows);
    if (kept.byteLength > 0) this.kept.write(kept);
  }

  /** @throws BrokenRowsError when what was written are not whole rows */
  range(): SegmentRange | undefined {
    this.#projection.end();
    return this.rows.range();
  }

  aside(): SegmentRange | undefined {
    return this.kept.range();
  }
}
