import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureVersitygw } from '../../src/tools/ensure-versitygw.js';
import { freePort } from '../../src/tools/free-port.js';

const BUCKET = 'partnerday';
const STARTS = 3;

export interface Versitygw {
  readonly endpoint: string;
  readonly bucket: string;
  /** Endpoint, region and credentials, as a process that uses the server needs them. */
  readonly env: NodeJS.ProcessEnv;
  /** Where the server keeps its objects: `{dataDir}/{bucket}/{key}`. */
  readonly dataDir: string;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
  /** SIGKILL; the data stays until `stop`. */
  kill(): Promise<void>;
  /** After `kill`: the same server on the same address and data. */
  restart(): Promise<void>;
}

/** A real S3 server on a free port, with one empty bucket. Fails, never skips, where there is no such program. */
export async function startVersitygw(): Promise<Versitygw> {
  const { path } = await ensureVersitygw();
  const directory = await mkdtemp(join(tmpdir(), 'partnerday-versitygw-'));
  const dataDir = join(directory, 'data');
  await mkdir(join(dataDir, BUCKET), { recursive: true });
  const keys = { access: 'partnerday', secret: 'partnerday-secret' };

  const launch = async (port: number): Promise<() => Promise<void>> => {
    const server = spawn(path, ['--port', `127.0.0.1:${port}`, '--keep-alive', '--quiet', 'posix', dataDir], {
      env: { ...process.env, ROOT_ACCESS_KEY: keys.access, ROOT_SECRET_KEY: keys.secret },
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: directory,
    });
    let said = '';
    server.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const exited = once(server, 'exit');
    const end = async (): Promise<void> => {
      server.kill('SIGKILL');
      await exited;
    };
    process.once('exit', () => server.kill('SIGKILL'));
    for (let waited = 0; waited < 15_000; waited += 50) {
      if (server.exitCode !== null) throw new Error(`versitygw ended with ${server.exitCode}: ${said}`);
      if (await answers(port)) return end;
      await sleep(50);
    }
    await end();
    throw new Error(`versitygw did not listen on port ${port} within 15 s: ${said}`);
  };

  let port = 0;
  let end: (() => Promise<void>) | undefined;
  for (let attempt = 1; end === undefined; attempt++) {
    port = await freePort();
    try {
      end = await launch(port);
    } catch (error) {
      // Another process may have taken the port between looking and listening.
      if (attempt === STARTS) throw error;
    }
  }
  const endpoint = `http://127.0.0.1:${port}`;
  const kill = async (): Promise<void> => {
    await end?.();
    end = undefined;
  };
  return {
    endpoint,
    bucket: BUCKET,
    dataDir,
    env: {
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: keys.access,
      AWS_SECRET_ACCESS_KEY: keys.secret,
    },
    kill,
    restart: async () => {
      await kill();
      end = await launch(port);
    },
    stop: async () => {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function answers(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(1000) });
    return true;
  } catch {
    return false;
  }
}
