import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  archiveName,
  DATE,
  headerOf,
  KINDS,
  kindOf,
  MEMBERS_PER_ARCHIVE,
  memberName,
  rowsOf,
} from './shape.mjs';

const BLOCK = 512;
const CHECKSUM_AT = 148;

/** Lands archives of tiny members. Only names differ within a kind, so a tar is made by writing names into another. */
export function writeArchives({ root, partner, archives }) {
  const directory = join(root, 'landing', partner, DATE);
  mkdirSync(directory, { recursive: true });
  const templates = Array.from({ length: KINDS }, (_, kind) => templateOf(kind));
  let bytes = 0;
  for (let archive = 0; archive < archives; archive++) {
    const { tar, headers } = templates[kindOf(archive)];
    for (const [position, at] of headers.entries()) rename(tar, at, memberName(archive, position));
    const packed = gzipSync(tar, { level: 1 });
    writeFileSync(join(directory, archiveName(archive)), packed);
    bytes += packed.length;
  }
  return bytes;
}

function templateOf(kind) {
  const blocks = [];
  const headers = [];
  let at = 0;
  for (let position = 0; position < MEMBERS_PER_ARCHIVE; position++) {
    const columns = headerOf(kind, position);
    const content = Buffer.from(`${columns.join(',')}\n${rowsOf(kind, position, columns).join('')}`);
    const padded = Buffer.alloc(Math.ceil(content.length / BLOCK) * BLOCK);
    content.copy(padded);
    headers.push(at);
    blocks.push(headerBlock(content.length), padded);
    at += BLOCK + padded.length;
  }
  return { tar: Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]), headers };
}

function headerBlock(size) {
  const block = Buffer.alloc(BLOCK);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('0', 156);
  block.write('ustar\x0000', 257);
  return block;
}

function rename(tar, at, name) {
  tar.fill(0, at, at + 100);
  tar.write(name, at);
  tar.write('        ', at + CHECKSUM_AT);
  let sum = 0;
  for (let index = at; index < at + BLOCK; index++) sum += tar[index];
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + CHECKSUM_AT);
}
