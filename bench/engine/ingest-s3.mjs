#!/usr/bin/env node
/**
 * ingest-s3.mjs land DIR LANDING                puts the archives into a bucket of a local S3 server
 * ingest-s3.mjs ingest DIR COUNTS_FILE THREADS  the engine alone, on that bucket
 *
 * The server (versitygw, over DIR/s3) runs only as long as this script does: what it takes counts, too.
 */
import { spawnSync } from 'node:child_process';
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startS3Server } from '../../dist/cli/environment/s3-server.js';
import { DATE, PARTNER } from '../lib/sizes.mjs';
import { openBenchStore } from './open-bench-store.mjs';

const [task, directory, ...rest] = process.argv.slice(2);
const dir = resolve(directory);
const server = await startS3Server({
  directory: dir,
  env: process.env,
  signal: AbortSignal.timeout(60_000),
  announce: () => {},
});
try {
  Object.assign(process.env, server.env);
  if (task === 'land') await land(rest[0]);
  else ingest(...rest);
} finally {
  process.kill(server.process.pid, 'SIGTERM');
}

async function land(landing) {
  const store = await openBenchStore(server.url);
  for (const name of readdirSync(landing).sort()) {
    const path = join(landing, name);
    await upload(store, `landing/${PARTNER}/${DATE}/${name}`, path, statSync(path).size);
  }
}

/** In parts of 64 MiB. */
async function upload(store, key, path, bytes) {
  const part = 64 * 2 ** 20;
  const started = await store.createUpload(key, {});
  const parts = [];
  for (let at = 0, number = 1; at < bytes; at += part, number++) {
    const chunks = [];
    for await (const chunk of createReadStream(path, { start: at, end: Math.min(at + part, bytes) - 1 })) {
      chunks.push(chunk);
    }
    parts.push(await store.uploadPart(started, number, Buffer.concat(chunks)));
  }
  await store.completeUpload(started, parts, {});
}

function ingest(countsFile, threads) {
  const engine = join(import.meta.dirname, 'ingest.mjs');
  const { status } = spawnSync(process.execPath, [engine, server.url, countsFile, threads], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
