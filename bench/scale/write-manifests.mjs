import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import {
  archiveName,
  DATE,
  headerOf,
  kindOf,
  MEMBERS_PER_ARCHIVE,
  memberName,
  ROWS_PER_MEMBER,
  rowsOf,
  TABLES,
  tableAt,
} from './shape.mjs';

const TYPES = { id: 'integer', name: 'text', price: 'decimal', at: 'timestamp', note: 'text' };

/**
 * Writes what extraction leaves of archives `from` to `to`, without an archive: their manifests. `generation` tells
 * objects of one name apart. Returns what landed.
 */
export function writeManifests({ root, partner, rulesId, from, to, generation = 1 }) {
  const landed = [];
  const segments = Array.from({ length: 16 }, (_, kind) => segmentOf(kind));
  for (let archive = from; archive < to; archive++) {
    const key = `landing/${partner}/${DATE}/${archiveName(archive)}`;
    const ref = { source: 'main', key, etag: `generation-${generation}`, bytes: 4_000 + archive };
    const archiveId = hash(`${ref.key}\0${ref.etag}\0${ref.bytes}`).slice(0, 32);
    const kind = kindOf(archive);
    const { headers, members, object } = segments[kind];
    const manifest = {
      format: 1,
      archive: ref,
      archiveId,
      rulesId,
      outcome: 'whole',
      sha256: hash(`${archive} ${generation}`),
      bytesConsumed: ref.bytes,
      objects: [object],
      headers,
      members: members.map((member, position) => ({ ...member, name: memberName(archive, position) })),
      findings: [],
    };
    const directory = join(root, partner, DATE, 'extract', archiveId, rulesId);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'manifest.json'), JSON.stringify(manifest));
    landed.push(ref);
  }
  return landed;
}

/** The members of an archive, and the one object that holds their rows, table by table. */
function segmentOf(kind) {
  const headers = [];
  const members = [];
  let offset = 0;
  let sum = 0;
  for (let position = 0; position < MEMBERS_PER_ARCHIVE; position++) {
    const columns = headerOf(kind, position);
    let header = headers.findIndex((known) => known.join() === columns.join());
    if (header < 0) header = headers.push(columns) - 1;
    const body = Buffer.from(rowsOf(kind, position, columns).join(''));
    sum = crc32(body, sum);
    members.push({
      position,
      outcome: 'loaded',
      table: tableAt(position),
      header,
      bytes: body.length + 30,
      crc32: crc32(body),
      rows: ROWS_PER_MEMBER,
      rowsQuarantined: 0,
      range: { object: 0, offset, bytes: body.length, crc32: crc32(body) },
      nulls: columns.map((column) => (column === 'price' ? 1 : 0)),
      types: columns.map((column) => TYPES[column]),
    });
    // Members of the large table do not touch: a plan with as many ranges as it has members.
    offset += body.length + (position >= TABLES.length - 1 ? 1 : 0);
  }
  const etag = `${sum.toString(16).padStart(8, '0')}-${offset}`;
  return { headers, members, object: { name: 'rows-0.csv', etag, bytes: offset, crc32: sum } };
}

function hash(text) {
  return createHash('sha256').update(text).digest('hex');
}
