import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { InjectedFault } from '../../../src/store/faults/fault-book.js';
import { openStore } from '../../../src/store/open-store.js';
import { partnerDayId, QUEUES } from '../../../src/workflows/names.js';
import type { StoreCall } from '../../support/deployment.js';
import { checkDay, type FoundDay, isSound, type Verdict } from './check-day.js';
import type { Schedule } from './fault-schedule.js';
import type { HttpFault } from './http-faults.js';
import type { KnownDay } from './known-day.js';
import { readFoundDay } from './read-found-day.js';
import { fileStoreIn, type S3UnderTest, type StoreUnderTest } from './store-under-test.js';
import type { TemporalProcess } from './temporal-process.js';
import { WorkerFleet } from './worker-fleet.js';

export interface ChaosDayOptions {
  readonly temporal: TemporalProcess;
  readonly known: KnownDay;
  readonly schedule: Schedule;
  /** Default: a file store of the day's own. */
  readonly s3?: S3UnderTest | undefined;
  /** SHA-256 of every table of a run without faults. Absent: this is that run. */
  readonly undisturbed?: Readonly<Record<string, string>>;
}

export interface ChaosDayReport {
  readonly schedule: Schedule;
  readonly verdict: Verdict;
  readonly found: FoundDay;
  readonly faults: readonly InjectedFault[];
  /** Of the network before an S3 server. */
  readonly http: readonly HttpFault[];
  /** What happened to processes from outside. */
  readonly outside: readonly string[];
  readonly calls: readonly StoreCall[];
  readonly seconds: number;
}

const PARTNER_YAML = `policies:
  extraction: {tries: 40, backoff: {initial: 20ms, max: 200ms}}
  merge: {tries: 40, backoff: {initial: 20ms, max: 200ms}}
  stage: {tries: 40, backoff: {initial: 20ms, max: 200ms}}
  requeue: {rounds: 3, delay: 1s}
  heartbeat: 2s
`;
const WORKERS = 2;
const GIVE_UP_MS = 180_000;
/** Longer than it takes another worker to take over. */
const STOPPED_MS = 5_000;

/** One partner-day with real workers against a real Temporal server, with faults as scheduled, and the verdict. */
export async function runChaosDay(options: ChaosDayOptions): Promise<ChaosDayReport> {
  const started = Date.now();
  const day = await ChaosDay.prepare(options);
  try {
    await day.run();
    const found = await day.found();
    const undisturbed =
      options.undisturbed ??
      Object.fromEntries([...found.tables].map(([table, { sha256 }]) => [table, sha256]));
    const report: ChaosDayReport = {
      schedule: options.schedule,
      verdict: checkDay(options.known.expected, found, undisturbed),
      found,
      faults: day.faults(),
      http: day.http,
      outside: day.outside,
      calls: day.calls(),
      seconds: (Date.now() - started) / 1_000,
    };
    if (isSound(report.verdict)) await day.remove();
    else console.log(`left for inspection: ${day.dir}`);
    return report;
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`${message}; left for inspection: ${day.dir}`, { cause: error });
  } finally {
    await day.stop();
  }
}

class ChaosDay {
  readonly outside: string[] = [];
  http: readonly HttpFault[] = [];
  readonly #store: StoreUnderTest;
  #fleet: WorkerFleet | undefined;

  private constructor(
    readonly dir: string,
    private readonly partner: string,
    private readonly options: ChaosDayOptions,
  ) {
    this.#store = options.s3 ?? fileStoreIn(join(dir, 'store'));
  }

  static async prepare(options: ChaosDayOptions): Promise<ChaosDay> {
    const { known, schedule } = options;
    const dir = await mkdtemp(join(tmpdir(), 'partnerday-chaos-'));
    const partner = `chaos-${schedule.name}`;
    const day = new ChaosDay(dir, partner, options);
    await mkdir(join(dir, 'partners'));
    await writeFile(join(dir, 'partners', `${partner}.yaml`), `id: ${partner}\n${PARTNER_YAML}`);
    for (const { name, bytes } of known.archives) {
      await day.#store.land(`landing/${partner}/${known.date}/${name}`, bytes);
    }
    const { rules, seed, limits } = schedule;
    await writeFile(
      day.#file('faults.json'),
      JSON.stringify({ seed, rules, limits, log: day.#file('faults.jsonl') }),
    );
    return day;
  }

  async run(): Promise<void> {
    const { s3, schedule } = this.options;
    const network = s3?.disturb(schedule.seed, schedule.httpRate ?? 0);
    try {
      await this.#untilEnded();
    } finally {
      this.http = network?.happened ?? [];
      network?.end();
    }
  }

  async #untilEnded(): Promise<void> {
    const { temporal, known } = this.options;
    this.#fleet = new WorkerFleet({
      projectDir: this.dir,
      env: this.#env,
      size: WORKERS,
      log: this.#file('workers.jsonl'),
    });
    const client = await temporal.connect();
    const handle = await client.workflow.start('partnerDay', {
      workflowId: partnerDayId(this.partner, known.date),
      taskQueue: QUEUES.control,
      // What a killed worker was at comes back sooner.
      workflowTaskTimeout: '2s',
      args: [{ partner: this.partner, date: known.date, mode: 'seal' }],
    });
    await client.connection.close();
    const deadline = Date.now() + GIVE_UP_MS;
    const due = [...this.options.schedule.outside];
    const stopped = new Map<number, number>();
    for (;;) {
      if (Date.now() > deadline) throw new Error(`the day did not end within ${GIVE_UP_MS / 1_000} s`);
      await pause(100);
      this.#letStoppedGoOn(stopped);
      const next = due[0];
      if (next !== undefined && this.calls().length >= next.afterCalls) {
        due.shift();
        await this.#disturb(next.act, next.which);
      }
      if (await this.#ended(handle.workflowId)) return;
    }
  }

  async found(): Promise<FoundDay> {
    const { plainEnv } = this.#store;
    const store = await openStore(plainEnv.PARTNERDAY_STORE!, plainEnv);
    try {
      return await readFoundDay(store, this.partner, this.options.known.date);
    } finally {
      await store.close();
    }
  }

  faults(): InjectedFault[] {
    return jsonLines<InjectedFault>(this.#file('faults.jsonl'));
  }

  calls(): StoreCall[] {
    return jsonLines<StoreCall>(this.#file('calls.jsonl'));
  }

  async stop(): Promise<void> {
    await this.#fleet?.close();
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.dir, { recursive: true, force: true });
  }

  get #env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      ...this.#store.env,
      PARTNERDAY_STORE_LOG: this.#file('calls.jsonl'),
      PARTNERDAY_FAULTS: this.#file('faults.json'),
      TEMPORAL_ADDRESS: this.options.temporal.address,
      TEMPORAL_NAMESPACE: 'default',
    };
  }

  #file(name: string): string {
    return join(this.dir, name);
  }

  async #ended(workflowId: string): Promise<boolean> {
    let status: string;
    try {
      const client = await this.options.temporal.connect();
      try {
        status = (await client.workflow.getHandle(workflowId).describe()).status.name;
      } finally {
        await client.connection.close();
      }
    } catch {
      // The server is on its way back.
      return false;
    }
    if (status === 'RUNNING') return false;
    if (status !== 'COMPLETED') throw new Error(`the day ended as ${status}`);
    return true;
  }

  #letStoppedGoOn(stopped: Map<number, number>): void {
    for (const { fault, pid, at } of this.faults()) {
      if (fault !== 'stop' || stopped.has(pid) || Date.now() - at < STOPPED_MS) continue;
      stopped.set(pid, at);
      const worker = this.#fleet?.processes.find((candidate) => candidate.pid === pid);
      if (worker?.kill('SIGCONT')) this.outside.push('zombie let go on');
    }
  }

  async #disturb(act: Schedule['outside'][number]['act'], which: number): Promise<void> {
    const { temporal, s3 } = this.options;
    this.outside.push(act);
    if (act === 'kill worker') {
      const { processes } = this.#fleet!;
      processes[which % processes.length]?.kill('SIGKILL');
    } else if (act === 'kill Temporal') {
      await temporal.kill();
      await temporal.start();
    } else {
      await s3!.killAndRestart();
    }
  }
}

function jsonLines<T>(file: string): T[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as T);
}
