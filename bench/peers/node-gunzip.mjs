/** node-gunzip.mjs ARCHIVE: node:zlib's own stream, to nowhere. */
import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

await pipeline(
  createReadStream(process.argv[2], { highWaterMark: 1 << 20 }),
  createGunzip({ chunkSize: 1 << 18 }),
  new Writable({ write: (_chunk, _encoding, done) => done() }),
);
