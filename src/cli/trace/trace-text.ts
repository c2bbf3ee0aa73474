import type { OriginalRow } from '../../ingest/trace/original-row.js';
import type { PublishedRows } from '../../ingest/trace/published-rows.js';
import type { TracedMember } from '../../ingest/trace/trace-member.js';
import type { TracedRow } from '../../ingest/trace/trace-row.js';
import { count, plural, size } from '../output/format.js';
import type { Style } from '../output/style.js';
import { asJson, printable } from './printable.js';

export function rowJson(table: PublishedRows, traced: TracedRow, original?: OriginalRow) {
  const { manifest, member } = traced;
  const { archive } = manifest;
  return {
    ...tableJson(table),
    row: traced.row,
    byte: traced.byte ?? null,
    columns: table.plan.columns,
    canonical: traced.canonical.toString('utf8'),
    archive: { source: archive.source, key: archive.key, etag: archive.etag, bytes: archive.bytes },
    archiveId: manifest.archiveId,
    rulesId: manifest.rulesId,
    member: member.name,
    position: member.position,
    rowInMember: traced.rowInMember + 1,
    line: traced.line,
    lineIsExact: traced.lineIsExact,
    ...(original
      ? {
          original: {
            ...asJson(original.raw),
            encoding: original.encoding,
            line: original.line,
            offset: original.offset ?? null,
          },
        }
      : {}),
  };
}

export function rowText(
  table: PublishedRows,
  traced: TracedRow,
  style: Style,
  original?: OriginalRow,
): string {
  const { manifest, member, row, byte, line, lineIsExact } = traced;
  const at = byte === undefined ? '' : ` (byte ${count(byte)})`;
  const where = original
    ? `line ${count(original.line)}`
    : `line ${count(line)}${lineIsExact ? '' : ' or later'}`;
  const offset = original?.offset === undefined ? '' : `, byte ${count(original.offset)}`;
  return [
    `${style('bold', `${table.key} row ${count(row)}`)}${at}`,
    `  archive   ${archiveText(manifest)}`,
    `  member    ${member.name}, ${where}${offset} (row ${count(traced.rowInMember + 1)} of ${count(member.rows - member.rowsQuarantined)} in the table)`,
    `  row       ${printable(traced.canonical)}`,
    ...(original ? [`  original  ${printable(original.raw)}${decoded(original)}`] : []),
  ].join('\n');
}

export function memberJson(table: PublishedRows, { manifest, member, rows, bytes }: TracedMember) {
  const { archive } = manifest;
  return {
    ...tableJson(table),
    archive: { source: archive.source, key: archive.key, etag: archive.etag, bytes: archive.bytes },
    archiveId: manifest.archiveId,
    rulesId: manifest.rulesId,
    member: member.name,
    position: member.position,
    outcome: member.outcome,
    rowsRead: member.rows,
    rowsQuarantined: member.rowsQuarantined,
    rows: rows ?? null,
    bytes: bytes ?? null,
  };
}

export function memberText(table: PublishedRows, members: readonly TracedMember[], style: Style): string {
  return members
    .map(({ manifest, member, rows, bytes }) => {
      const at = bytes === undefined ? '' : ` (bytes ${count(bytes.from)} to ${count(bytes.to)})`;
      const place =
        rows === undefined
          ? member.outcome === 'loaded' && member.rows > member.rowsQuarantined
            ? 'none of its rows: it was set aside, or there twice, when the day was planned'
            : `none of its rows: it is ${member.outcome}, with ${plural(member.rows, 'row')}`
          : `rows ${count(rows.first)} to ${count(rows.last)} of ${table.key}${at}`;
      const aside = member.rowsQuarantined > 0 ? `, ${count(member.rowsQuarantined)} set aside` : '';
      return [
        style('bold', member.name),
        `  archive   ${archiveText(manifest)}`,
        `  read      ${plural(member.rows, 'row')}${aside}`,
        `  table     ${place}`,
      ].join('\n');
    })
    .join('\n');
}

function tableJson({ layout, version, plan, key }: PublishedRows) {
  const { partner, date } = layout;
  return { partner, date, version, table: plan.table, key };
}

function archiveText({ archive }: TracedRow['manifest']): string {
  return `${archive.key}  (ETag ${archive.etag}, ${size(archive.bytes)})`;
}

function decoded({ encoding }: OriginalRow): string {
  return encoding === 'utf-8' ? '' : `  (decoded from ${encoding})`;
}
