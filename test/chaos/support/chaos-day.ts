import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { InjectedFault } from '../../../src/store/faults/fault-book.js';
import type { ObjectStore } from '../../../src/store/object-store.js';
import { openStore } from '../../../src/store/open-store.js';
import { partnerDayId, QUEUES } from '../../../src/workflows/names.js';
import type { StoreCall } from '../../support/deployment.js';
import type { OutsideEvent, Schedule } from './fault-schedule.js';
import type { HttpFault, HttpFaultKind } from './http-faults.js';
import type { KnownDay } from './known-day.js';
import { fileStoreIn, type S3UnderTest, type StoreUnderTest } from './store-under-test.js';
import type { TemporalProcess } from './temporal-process.js';
import { WorkerFleet } from './worker-fleet.js';

export interface ChaosDayOptions {
  readonly temporal: TemporalProcess;
  readonly known: KnownDay;
  readonly schedule: Schedule;
  /** Default: a file store of the day's own, in the day's directory. */
  readonly s3?: S3UnderTest | undefined;
  /** Where a file store is. Default: in the day's directory. */
  readonly storeDir?: string;
  /** Default: 40 tries of everything, as there are more faults than a day ever sees. */
  readonly policies?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What workers are started under, e.g. `['prlimit', '--nofile=64']`. */
  readonly under?: (worker: number) => readonly string[];
  /** What goes wrong with requests to an S3 server. Default: everything there is. */
  readonly httpFaults?: readonly HttpFaultKind[];
  /** Called again and again while the day goes on. */
  readonly meanwhile?: (day: ChaosDay) => Promise<void>;
  /** Whether stopped workers go on after some seconds. Default true. */
  readonly wakeStopped?: boolean;
}

const PATIENT = `
  extraction: {tries: 40, backoff: {initial: 20ms, max: 200ms}}
  merge: {tries: 40, backoff: {initial: 20ms, max: 200ms}}
  stage: {tries: 40, backoff: {initial: 20ms, max: 200ms}}
  requeue: {rounds: 3, delay: 1s}`;
const WORKERS = 2;
const EXTRACT_SLOTS = 2;
const GIVE_UP_MS = 240_000;
/** Longer than it takes another worker to take over. */
const STOPPED_MS = 5_000;

/** One partner-day with real worker processes against a real Temporal server, with faults as scheduled. */
export class ChaosDay {
  /** What happened to processes from outside. */
  readonly outside: string[] = [];
  /** What the network before an S3 server did. */
  http: readonly HttpFault[] = [];
  readonly #under: StoreUnderTest;
  readonly #due: OutsideEvent[];
  readonly #woken = new Set<number>();
  #fleet: WorkerFleet | undefined;

  private constructor(
    readonly dir: string,
    readonly partner: string,
    private readonly options: ChaosDayOptions,
  ) {
    this.#under = options.s3 ?? fileStoreIn(options.storeDir ?? join(dir, 'store'));
    this.#due = [...options.schedule.outside];
  }

  static async prepare(options: ChaosDayOptions): Promise<ChaosDay> {
    const { known, schedule, policies = PATIENT } = options;
    const dir = await mkdtemp(join(tmpdir(), 'partnerday-chaos-'));
    const day = new ChaosDay(dir, `chaos-${schedule.name}`, options);
    await mkdir(join(dir, 'partners'));
    const yaml = `id: ${day.partner}\npolicies:\n  heartbeat: 2s${policies}\n`;
    await writeFile(join(dir, 'partners', `${day.partner}.yaml`), yaml);
    for (const { name, bytes } of known.archives) {
      await day.#under.land(`landing/${day.partner}/${known.date}/${name}`, bytes);
    }
    const { rules, seed, limits } = schedule;
    const spec = { seed, rules, limits, log: day.#file('faults.jsonl') };
    await writeFile(day.#file('faults.json'), JSON.stringify(spec));
    return day;
  }

  get fleet(): WorkerFleet {
    return this.#fleet!;
  }

  /** Starts workers and the day, and returns when it has ended. */
  async run(): Promise<void> {
    await this.start();
    await this.untilEnded();
  }

  async start(): Promise<void> {
    const { temporal, known, under } = this.options;
    this.#fleet = new WorkerFleet({
      projectDir: this.dir,
      env: this.#env,
      size: WORKERS,
      log: this.#file('workers.jsonl'),
      ...(under ? { under } : {}),
    });
    const client = await temporal.connect();
    await client.workflow.start('partnerDay', {
      workflowId: this.#workflowId,
      taskQueue: QUEUES.control,
      // What a killed worker was at comes back sooner.
      workflowTaskTimeout: '2s',
      args: [{ partner: this.partner, date: known.date, mode: 'seal' }],
    });
    await client.connection.close();
  }

  async untilEnded(): Promise<void> {
    const { s3, schedule, httpFaults } = this.options;
    const network = s3?.disturb(schedule.seed, schedule.httpRate ?? 0, httpFaults);
    try {
      await this.until('the end of the day', () => this.#ended());
    } finally {
      this.http = network?.happened ?? [];
      network?.end();
    }
  }

  /** Lets what is scheduled happen until something holds. */
  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = Date.now() + GIVE_UP_MS;
    for (;;) {
      if (this.options.wakeStopped !== false) this.wake(STOPPED_MS);
      await this.#disturb();
      await this.options.meanwhile?.(this);
      if (await holds()) return;
      if (Date.now() > deadline) throw new Error(`waited ${GIVE_UP_MS / 1_000} s for ${what}`);
      await pause(100);
    }
  }

  /** Lets workers go on that were stopped at least so long ago. */
  wake(afterMs: number): void {
    for (const { fault, pid, at } of this.faults()) {
      if (fault !== 'stop' || this.#woken.has(pid) || Date.now() - at < afterMs) continue;
      this.#woken.add(pid);
      const worker = this.fleet.processes.find((candidate) => candidate.pid === pid);
      if (worker?.kill('SIGCONT')) this.outside.push('zombie let go on');
    }
  }

  /** The store as it is, without the faults. */
  async withStore<T>(look: (store: ObjectStore) => Promise<T>): Promise<T> {
    const { plainEnv } = this.#under;
    const store = await openStore(plainEnv.PARTNERDAY_STORE!, plainEnv);
    try {
      return await look(store);
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

  /** What the workers have said. */
  log(): string {
    const file = this.#file('workers.jsonl');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
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
      ...this.#under.env,
      PARTNERDAY_STORE_LOG: this.#file('calls.jsonl'),
      PARTNERDAY_FAULTS: this.#file('faults.json'),
      PARTNERDAY_EXTRACT_SLOTS: String(EXTRACT_SLOTS),
      TEMPORAL_ADDRESS: this.options.temporal.address,
      TEMPORAL_NAMESPACE: 'default',
      ...this.options.env,
    };
  }

  get #workflowId(): string {
    return partnerDayId(this.partner, this.options.known.date);
  }

  #file(name: string): string {
    return join(this.dir, name);
  }

  async #ended(): Promise<boolean> {
    let status: string;
    try {
      const client = await this.options.temporal.connect();
      try {
        status = (await client.workflow.getHandle(this.#workflowId).describe()).status.name;
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

  async #disturb(): Promise<void> {
    const next = this.#due[0];
    if (next === undefined || this.calls().length < next.afterCalls) return;
    this.#due.shift();
    const { temporal, s3 } = this.options;
    this.outside.push(next.act);
    if (next.act === 'kill worker') {
      const { processes } = this.fleet;
      processes[next.which % processes.length]?.kill('SIGKILL');
    } else if (next.act === 'kill Temporal') {
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
