import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findOnPath } from './executable.js';
import { runAnnounced } from './run-announced.js';

export interface GoProgram {
  /** e.g. `github.com/temporalio/cli/cmd/temporal` */
  module: string;
  version: string;
  binary: string;
  /** How people call it, e.g. `the Temporal CLI`. */
  title: string;
  /** e.g. `3 min`, on two cores with an empty build cache. */
  duration: string;
  /** Values its own releases set when linking, e.g. `-X package.variable=value`. */
  linkerFlags?: string;
}

export interface GoInstallOptions {
  directory: string;
  announce: (line: string) => void;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/**
 * Builds the program at its pinned version into `directory`/bin. The binary appears there by one rename, so that
 * nobody ever sees half of it. Returns the reason when it did not work.
 */
export async function goInstall(
  program: GoProgram,
  options: GoInstallOptions,
): Promise<{ path: string } | { failed: string }> {
  const go = await findOnPath('go', options.env);
  if (!go) return { failed: '`go` is not on PATH' };
  const bin = join(options.directory, 'bin');
  await mkdir(bin, { recursive: true });
  const scratch = await mkdtemp(join(bin, '.build-'));
  try {
    options.announce(`building ${program.title} with go (about ${program.duration}, once) ...`);
    const flags = program.linkerFlags ? ['-ldflags', program.linkerFlags] : [];
    const args = ['install', '-v', ...flags, `${program.module}@${program.version}`];
    const { ok, tail } = await runAnnounced(go, args, {
      label: `building ${program.title}`,
      announce: options.announce,
      env: { ...options.env, GOBIN: scratch },
      progress: (lines) => `${lines} go packages`,
      ...(options.signal ? { signal: options.signal } : {}),
    });
    if (!ok) return { failed: `\`go install ${program.module}@${program.version}\`: ${lastWords(tail)}` };
    const path = join(bin, program.binary);
    await rename(join(scratch, program.binary), path);
    return { path };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function lastWords(tail: string[]): string {
  return tail.slice(-3).join(' | ') || 'no output';
}
