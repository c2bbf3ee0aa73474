import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { BENCH } from './paths.mjs';

/** What a figure was measured on. No names: of the machine only what bears on speed. */
export function machine() {
  return {
    cpu: cpus()[0]?.model.trim(),
    cpusOnline: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    system: osName(),
    node: process.version,
    fileSystem: fileSystem(),
  };
}

function osName() {
  try {
    return /^PRETTY_NAME="(.+)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  } catch {
    return process.platform;
  }
}

function fileSystem() {
  try {
    return execFileSync('stat', ['-f', '-c', '%T', BENCH], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}
