import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureVersitygw } from '../../tools/ensure-versitygw.js';
import { freePort } from '../../tools/free-port.js';
import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-code.js';
import { type BackgroundProcess, diedError, spawnInBackground } from './background-process.js';
import { isRunning } from './process-identity.js';

const HEALTHY_MS = 20_000;
const BUCKET = 'partnerday';

export interface S3Server {
  process: BackgroundProcess;
  url: string;
  /** Endpoint and credentials made for this server alone. */
  env: Record<string, string>;
}

export interface StartS3Options {
  directory: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  announce: (line: string) => void;
}

/** A development S3 server over a directory, with one bucket. */
export async function startS3Server(options: StartS3Options): Promise<S3Server> {
  const { directory, signal, announce } = options;
  const tool = await ensureVersitygw({ signal, announce, env: options.env });
  const root = join(directory, 's3', 'buckets');
  const meta = join(directory, 's3', 'metadata');
  await mkdir(meta, { recursive: true });
  // A directory below the root is a bucket.
  await mkdir(join(root, BUCKET), { recursive: true });
  const port = await freePort();
  const access = 'partnerday';
  const secret = randomBytes(18).toString('base64url');
  const process = await spawnInBackground({
    name: 'S3 server',
    command: tool.path,
    args: ['--port', `127.0.0.1:${port}`, '--health', '/health', 'posix', '--sidecar', meta, root],
    env: { ...options.env, ROOT_ACCESS_KEY: access, ROOT_SECRET_KEY: secret },
    log: join(directory, 's3.log'),
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + HEALTHY_MS;
  for (;;) {
    signal.throwIfAborted();
    if (!(await isRunning(process))) throw await diedError(process);
    const answer = await fetch(`${endpoint}/health`).catch(() => undefined);
    if (answer?.ok) break;
    if (Date.now() >= deadline) {
      throw new CliError(
        EXIT.unreachable,
        `the S3 server at ${endpoint} did not become ready`,
        `see ${process.log}`,
      );
    }
    await sleep(50);
  }
  return {
    process,
    url: `s3://${BUCKET}`,
    env: {
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_ACCESS_KEY_ID: access,
      AWS_SECRET_ACCESS_KEY: secret,
      AWS_REGION: 'us-east-1',
    },
  };
}
