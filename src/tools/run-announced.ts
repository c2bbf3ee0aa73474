import { spawn } from 'node:child_process';

const ANNOUNCE_EVERY_MS = 5_000;
const KEPT_LINES = 30;

export interface RunAnnouncedOptions {
  /** What the person reads while waiting, e.g. `building the Temporal CLI`. */
  label: string;
  announce: (line: string) => void;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  signal?: AbortSignal;
  /** A word about how far it is, from the number of lines the program has written. */
  progress?: (lines: number) => string;
  /** Kills the program after this many milliseconds. Default: never. */
  timeoutMs?: number;
}

export interface RunResult {
  ok: boolean;
  /** The last lines the program wrote. */
  tail: string[];
}

/** Runs a slow program, saying every few seconds that it is still at work. Never throws, except when aborted. */
export async function runAnnounced(
  command: string,
  args: readonly string[],
  options: RunAnnouncedOptions,
): Promise<RunResult> {
  options.signal?.throwIfAborted();
  const started = Date.now();
  const tail: string[] = [];
  let lines = 0;
  const child = spawn(command, args, {
    env: options.env ?? process.env,
    cwd: options.cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const take = (chunk: Buffer) => {
    for (const line of chunk.toString().split('\n')) {
      if (line.trim() === '') continue;
      lines += 1;
      tail.push(line);
      if (tail.length > KEPT_LINES) tail.shift();
    }
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const ticker = setInterval(() => {
    const seconds = Math.round((Date.now() - started) / 1000);
    const progress = options.progress && lines > 0 ? `, ${options.progress(lines)}` : '';
    options.announce(`  ... ${options.label}: ${seconds} s${progress}`);
  }, ANNOUNCE_EVERY_MS);
  const killer = options.timeoutMs ? setTimeout(() => child.kill('SIGKILL'), options.timeoutMs) : undefined;
  const stop = () => child.kill('SIGTERM');
  options.signal?.addEventListener('abort', stop, { once: true });
  try {
    const ok = await new Promise<boolean>((resolve) => {
      child.once('error', (error) => {
        tail.push(error.message);
        resolve(false);
      });
      child.once('close', (code) => resolve(code === 0));
    });
    options.signal?.throwIfAborted();
    return { ok, tail };
  } finally {
    clearInterval(ticker);
    clearTimeout(killer);
    options.signal?.removeEventListener('abort', stop);
  }
}
