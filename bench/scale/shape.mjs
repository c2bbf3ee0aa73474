/** What a generated partner-day consists of. Pure: archive number and size say everything. */

export const DATE = '2026-11-20';
const COMPACT_DATE = DATE.replaceAll('-', '');

/** 22 tables with one member in every archive, and one with three: 25 members an archive. */
const SMALL = Array.from({ length: 22 }, (_, index) => `table_${String(index + 1).padStart(2, '0')}`);
const LARGE = 'events';
export const TABLES = [...SMALL, LARGE];
const OF_LARGE = 3;
export const MEMBERS_PER_ARCHIVE = SMALL.length + OF_LARGE;
export const ROWS_PER_MEMBER = 6;

const COLUMNS = ['id', 'name', 'price', 'at', 'note'];
/** Most members have the table's columns; some have them in another order, some lack one. */
const HEADERS = [COLUMNS, ['name', 'id', 'price', 'at', 'note'], ['id', 'name', 'price', 'at']];

/** Members of an archive are one of a few kinds, so that few have to be compressed. */
export const KINDS = 16;

export function kindOf(archive) {
  return archive % KINDS;
}

export function headerOf(kind, position) {
  if (kind === 5 && position % 4 === 0) return HEADERS[1];
  if (kind === 11 && position % 4 === 1) return HEADERS[2];
  return HEADERS[0];
}

/** Tables by position of the member in its archive. */
export function tableAt(position) {
  return position < SMALL.length ? SMALL[position] : LARGE;
}

/** Batches are numbered through, so that no name comes twice. */
export function memberName(archive, position) {
  return `${tableAt(position)}_${COMPACT_DATE}_${archive * MEMBERS_PER_ARCHIVE + position}.csv`;
}

export function archiveName(archive) {
  return `drop-${String(archive).padStart(6, '0')}.tar.gz`;
}

/** Rows without the header. The same for all archives of a kind. */
export function rowsOf(kind, position, header) {
  const rows = [];
  for (let row = 0; row < ROWS_PER_MEMBER; row++) {
    const id = kind * 1_000 + position * 10 + row;
    const values = {
      id: String(id),
      name: `name ${id}`,
      price: row === 3 ? '' : `${id}.5`,
      at: `${DATE}T04:0${row}:00Z`,
      note: `row ${row} of member ${position}`,
    };
    rows.push(`${header.map((column) => values[column]).join(',')}\n`);
  }
  return rows;
}
