import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { Fingerprint } from '../lib/fingerprint.mjs';
import { DATE } from '../lib/sizes.mjs';

const COMPACT_DATE = DATE.replaceAll('-', '');
const MTIME = new Date(`${DATE}T04:00:00Z`);
const FLUSH_CHARS = 1 << 16;

/**
 * Writes archive number `archive` and says what is in it: per table members, bytes, rows, null values per column and
 * the content's fingerprint, all taken from the values before they became CSV.
 */
export async function buildArchive({ path, archive, size, tables }) {
  const tar = pack();
  const written = pipeline(
    tar,
    createGzip({ level: 6, chunkSize: 1 << 18 }),
    createWriteStream(`${path}.tmp`),
  );
  const truth = {};
  for (const name of Object.keys(tables)) {
    truth[name] = { members: 0, bytes: 0, fingerprint: new Fingerprint(), nulls: {} };
  }
  for (let member = 0; member < size.membersPerTable; member++) {
    for (const [name, table] of Object.entries(tables)) {
      const number = archive * size.membersPerTable + member;
      const header = table.variants[table.variant(archive, member, size.membersPerTable)];
      const content = writeMember(table, header, number, size.rows[name], truth[name]);
      truth[name].members++;
      truth[name].bytes += content.byteLength;
      const entry = {
        name: `${name}_${COMPACT_DATE}_${String(number).padStart(5, '0')}.csv`,
        mtime: MTIME,
        mode: 0o644,
      };
      await new Promise((resolve, reject) => {
        tar.entry(entry, content, (error) => (error ? reject(error) : resolve()));
      });
    }
  }
  tar.finalize();
  await written;
  await rename(`${path}.tmp`, path);
  return Object.fromEntries(
    Object.entries(truth).map(([name, { fingerprint, ...rest }]) => [
      name,
      { ...rest, rows: fingerprint.rows, content: fingerprint.content },
    ]),
  );
}

function writeMember(table, header, number, count, truth) {
  const places = header.map((name) => table.columns.indexOf(name));
  const sorted = [...table.columns].sort();
  // Of the whole table's columns, in name order: where the value is in a row, or nowhere when the member has no such column.
  const hashed = sorted.map((name) => (header.includes(name) ? table.columns.indexOf(name) : -1));
  const nulls = new Array(sorted.length).fill(0);
  const chunks = [];
  let text = `${header.join(',')}\n`;
  for (const row of table.rows(number, count)) {
    text += `${places.map((place) => csvField(row[place])).join(',')}\n`;
    if (text.length > FLUSH_CHARS) {
      chunks.push(Buffer.from(text));
      text = '';
    }
    let key = '';
    for (let index = 0; index < hashed.length; index++) {
      const value = hashed[index] === -1 ? '' : row[hashed[index]];
      if (value === '') nulls[index]++;
      key += `${value}\x1f`;
    }
    truth.fingerprint.add(key);
  }
  chunks.push(Buffer.from(text));
  for (const [index, name] of sorted.entries()) truth.nulls[name] = (truth.nulls[name] ?? 0) + nulls[index];
  return Buffer.concat(chunks);
}

function csvField(value) {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
