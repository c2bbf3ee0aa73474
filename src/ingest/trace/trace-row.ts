import { type CanonicalRow, walkRows } from '../../csv/canonical-walk.js';
import type { Checkpoint } from '../../csv/checkpoints.js';
import { createProjection } from '../../csv/projection.js';
import { TerminalError } from '../../errors.js';
import type { Manifest } from '../manifest.js';
import { type OutputRange, outputRanges, plannedBytes } from '../merging/output-ranges.js';
import { NotInTableError, type PublishedRows } from './published-rows.js';
import {
  checkpointBefore,
  lastCheckpoint,
  manifestOf,
  membersOf,
  type RangeMember,
  rowsWritten,
} from './range-members.js';

/** Where a row of a published table came from. */
export interface TracedRow {
  /** 1-based data row of the table. */
  readonly row: number;
  /** Offset of its first byte in the table; absent in tables merged before offsets could be told. */
  readonly byte?: number;
  /** As it stands in the table, without its LF. */
  readonly canonical: Buffer;
  readonly manifest: Manifest;
  readonly member: RangeMember['member'];
  /** Rows of the member in the table before it. */
  readonly rowInMember: number;
  /** Physical line of the member on which it starts. */
  readonly line: number;
  /** Not exact: the line is this one or a later one. */
  readonly lineIsExact: boolean;
}

/** The plan, the manifest and the table do not fit together: something was changed after it was published. */
export class BrokenTraceError extends TerminalError {}

/** @param row 1-based. @throws NotInTableError, BrokenTraceError */
export async function traceRow(table: PublishedRows, row: number): Promise<TracedRow> {
  if (row < 1 || row > table.rows) {
    throw new NotInTableError(`${table.key} has ${table.rows} rows; there is no row ${row}`);
  }
  const output = find(
    outputRanges(table.plan, table.receipt),
    ({ row: before, range }) => row - 1 < before + range.rows,
  );
  const { range } = output;
  const manifest = await manifestOf(table, range);
  const inRange = row - 1 - output.row;
  const place = find(
    membersOf(manifest, range),
    ({ row: before, member }) => inRange < before + rowsWritten(member),
  );
  const { member } = place;
  const rowInMember = inRange - place.row;
  const from = lastCheckpoint(member, rowInMember);
  const found = await walkFrom(
    table,
    range.key,
    range.etag,
    place,
    from,
    ({ row: walked }) => from.row + walked === rowInMember,
  );
  const inSegment = member.range.offset + from.at;
  const segmentRow = await table.store.getBytes(range.key, {
    range: { offset: inSegment + found.start, length: found.end - found.start },
    ifMatch: range.etag,
    ...table.call,
  });
  const { headers } = table.plan;
  const written =
    range.header === 0
      ? segmentRow
      : Buffer.from(createProjection(headers[range.header]!, headers[0]!).write(segmentRow));
  const byte = await byteOf(table, output, inSegment + found.start - range.offset, inRange);
  if (byte !== undefined) await requirePublished(table, byte, written);
  return {
    row,
    ...(byte === undefined ? {} : { byte }),
    canonical: written.subarray(0, -1),
    manifest,
    member,
    rowInMember,
    line: from.line + found.lines,
    lineIsExact: from.loose !== true,
  };
}

/** The row a byte of the published table belongs to, 1-based. @throws NotInTableError */
export async function rowAtByte(table: PublishedRows, byte: number): Promise<number> {
  if (byte < 0 || byte >= table.bytes) {
    throw new NotInTableError(`${table.key} has ${table.bytes} bytes; there is no byte ${byte}`);
  }
  for (const output of outputRanges(table.plan, table.receipt)) {
    const { offset, bytes, range } = output;
    if (offset === undefined) break;
    if (byte < offset) throw new NotInTableError(`byte ${byte} of ${table.key} is in the header line`);
    if (bytes === undefined) break;
    if (byte >= offset + bytes) continue;
    const within = byte - offset;
    const inRange =
      plannedBytes(table.plan, range) === undefined
        ? await rowByRewriting(table, output, ({ end }) => within < end)
        : await rowByCounting(table, output, within);
    return output.row + inRange.row + 1;
  }
  throw new NotInTableError(
    `which row of ${table.key} byte ${byte} belongs to was not recorded; use a row number`,
  );
}

/** Every row of the range grew by the same number of bytes, so members and checkpoints tell. */
async function rowByCounting(
  table: PublishedRows,
  { range }: OutputRange,
  within: number,
): Promise<{ row: number }> {
  const grown = (range.rows === 0 ? 0 : plannedBytes(table.plan, range)! - range.bytes) / range.rows;
  const start = ({ row, member }: RangeMember) => member.range.offset - range.offset + grown * row;
  const manifest = await manifestOf(table, range);
  const place = find(
    membersOf(manifest, range),
    (candidate) =>
      within < start(candidate) + candidate.member.range.bytes + grown * rowsWritten(candidate.member),
  );
  const inMember = within - start(place);
  const from = checkpointBefore(place.member, ({ at, row }) => at + grown * row <= inMember);
  const until = inMember - from.at - grown * from.row;
  const found = await walkFrom(
    table,
    range.key,
    range.etag,
    place,
    from,
    ({ row, end }) => until < end + grown * (row + 1),
  );
  return { row: place.row + from.row + found.row };
}

/** Rows of the range lost columns: only rewriting it again tells where they are. */
async function rowByRewriting(
  table: PublishedRows,
  { range }: OutputRange,
  stop: (row: CanonicalRow) => boolean,
): Promise<CanonicalRow> {
  const { headers } = table.plan;
  const { key, etag, offset, bytes } = range;
  const { stream } = await table.store.get(key, {
    range: { offset, length: bytes },
    ifMatch: etag,
    ...table.call,
  });
  const projection = createProjection(headers[range.header]!, headers[0]!);
  const rewritten = async function* () {
    for await (const chunk of stream) yield projection.write(chunk);
  };
  return (await walkRows(rewritten(), stop)) ?? broken(table);
}

async function byteOf(
  table: PublishedRows,
  output: OutputRange,
  offsetInRange: number,
  rowInRange: number,
): Promise<number | undefined> {
  const { range, offset } = output;
  if (offset === undefined) return undefined;
  const planned = plannedBytes(table.plan, range);
  if (planned !== undefined)
    return offset + offsetInRange + ((planned - range.bytes) / range.rows) * rowInRange;
  return offset + (await rowByRewriting(table, output, ({ row }) => row === rowInRange)).start;
}

async function walkFrom(
  table: PublishedRows,
  key: string,
  etag: string,
  { member }: RangeMember,
  from: Checkpoint,
  stop: (row: CanonicalRow) => boolean,
): Promise<CanonicalRow> {
  const range = { offset: member.range.offset + from.at, length: member.range.bytes - from.at };
  const { stream } = await table.store.get(key, { range, ifMatch: etag, ...table.call });
  return (await walkRows(stream, stop)) ?? broken(table);
}

async function requirePublished(table: PublishedRows, offset: number, row: Buffer): Promise<void> {
  const range = { offset, length: row.byteLength };
  const there = await table.store.getBytes(table.key, { range, ...table.call });
  if (!there.equals(row)) broken(table);
}

function find<T>(items: Iterable<T>, isIt: (item: T) => boolean): T {
  for (const item of items) if (isIt(item)) return item;
  throw new BrokenTraceError('the plan and the manifest do not agree about the rows of this table');
}

function broken({ key, layout }: PublishedRows): never {
  throw new BrokenTraceError(
    `${key} is not what its plan and manifests say; see: partnerday verify ${layout.partner} ${layout.date}`,
  );
}
