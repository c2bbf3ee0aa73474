import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ensurePrometheus } from '../../src/tools/ensure-prometheus.js';
import { freePort } from '../../src/tools/free-port.js';

export interface Series {
  metric: Record<string, string>;
  /** `[Unix time, value]` */
  values: [number, string][];
}

/** A real Prometheus that scrapes one worker every second and evaluates our rules as often. */
export class Prometheus {
  private constructor(
    private readonly url: string,
    private readonly end: () => Promise<void>,
  ) {}

  static async start(target: number): Promise<Prometheus> {
    const { path } = await ensurePrometheus();
    const directory = await mkdtemp(join(tmpdir(), 'partnerday-prometheus-'));
    const port = await freePort();
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [resolve('deploy/prometheus/alerts.yaml')],
      scrape_configs: [{ job_name: 'partnerday', static_configs: [{ targets: [`127.0.0.1:${target}`] }] }],
    };
    await writeFile(join(directory, 'prometheus.yml'), JSON.stringify(config));
    const server = spawn(
      path,
      [
        `--config.file=${join(directory, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(directory, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    server.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const exited = once(server, 'exit');
    const kill = () => server.kill('SIGKILL');
    process.once('exit', kill);
    const end = async () => {
      kill();
      process.off('exit', kill);
      await exited;
      await rm(directory, { recursive: true, force: true });
    };
    const url = `http://127.0.0.1:${port}`;
    for (let waited = 0; waited < 20_000; waited += 100) {
      const ready = await fetch(`${url}/-/ready`).catch(() => undefined);
      if (ready?.ok) return new Prometheus(url, end);
      if (server.exitCode !== null) break;
      await pause(100);
    }
    await end();
    throw new Error(`Prometheus is not ready: ${said.slice(-2_000)}`);
  }

  /** What a graph of this expression shows, one point a second. */
  async range(query: string, from: Date, to: Date): Promise<Series[]> {
    const parameters = new URLSearchParams({
      query,
      start: String(from.getTime() / 1_000),
      end: String(to.getTime() / 1_000),
      step: '1',
    });
    const response = await fetch(`${this.url}/api/v1/query_range?${parameters}`);
    const answer = (await response.json()) as {
      status: string;
      error?: string;
      data: { result: Series[] };
    };
    if (answer.status !== 'success') throw new Error(`${query}: ${answer.error}`);
    return answer.data.result;
  }

  stop(): Promise<void> {
    return this.end();
  }
}
