import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isExecutable } from './executable.js';
import { runAnnounced } from './run-announced.js';
import { packageRoot } from './tools-directory.js';

const HOST = 'https://temporal.download/';
const REACH_MS = 3_000;
const DOWNLOAD_MS = 180_000;

/**
 * The SDK downloads its own development server only by starting it, and its native call cannot be interrupted: it
 * runs in a child process that may be killed. Environments behind an HTTP proxy reach the host only through it, so
 * for them there is no quick look first.
 */
const SCRIPT = `
const { TestWorkflowEnvironment } = await import('@temporalio/testing');
const downloadDir = process.argv[1];
const env = await TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'cached-download', downloadDir } } });
await env.teardown();
`;

export interface SdkDownloadOptions {
  directory: string;
  announce: (line: string) => void;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/** Lets the Temporal SDK download the development server it prefers. Returns the reason when it did not work. */
export async function downloadWithSdk(
  options: SdkDownloadOptions,
): Promise<{ path: string } | { failed: string }> {
  const proxied = Boolean(options.env.HTTPS_PROXY ?? options.env.https_proxy);
  if (!proxied && !(await answers(HOST, options.signal))) {
    return { failed: `the SDK's download host ${HOST} does not answer` };
  }
  const bin = join(options.directory, 'bin');
  await mkdir(bin, { recursive: true });
  const scratch = await mkdtemp(join(bin, '.download-'));
  try {
    options.announce('downloading the Temporal development server (about 100 MB, once) ...');
    const { ok, tail } = await runAnnounced(
      process.execPath,
      ['--input-type=module', '-e', SCRIPT, scratch],
      {
        label: 'downloading the Temporal development server',
        announce: options.announce,
        env: options.env,
        cwd: packageRoot,
        timeoutMs: DOWNLOAD_MS,
        ...(options.signal ? { signal: options.signal } : {}),
      },
    );
    const file = (await readdir(scratch)).find((name) => name.startsWith('temporal'));
    if (!ok || !file) return { failed: `the SDK's download: ${tail.slice(-1)[0] ?? 'no file'}` };
    await chmod(join(scratch, file), 0o755);
    const path = join(bin, 'temporal');
    await rename(join(scratch, file), path);
    return (await isExecutable(path)) ? { path } : { failed: "the SDK's download is not executable" };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function answers(url: string, signal?: AbortSignal): Promise<boolean> {
  const timeout = AbortSignal.timeout(REACH_MS);
  try {
    await fetch(url, { method: 'HEAD', signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
    return true;
  } catch {
    signal?.throwIfAborted();
    return false;
  }
}
