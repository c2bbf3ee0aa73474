#!/usr/bin/env node
/**
 * `npm ci`, unless node_modules is already what the lock file says, for this Node and this platform.
 * --adopt  takes the present node_modules as right (after an `npm install` by hand)
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

process.chdir(resolve(import.meta.dirname, '..'));
const STAMP = 'node_modules/.partnerday-install';
const wanted = [
  createHash('sha256').update(readFileSync('package-lock.json')).digest('hex'),
  `${process.platform}-${process.arch}`,
  `node-abi-${process.versions.modules}`,
].join(' ');

const adopt = process.argv.includes('--adopt');
const present = existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted;
if (!present && !adopt) {
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=warn'], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(1);
}
if (!present) writeFileSync(STAMP, wanted);
