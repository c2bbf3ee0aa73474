import { randomUUID } from 'node:crypto';
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { noopMetricMeter } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../../src/activities/create-activities.js';
import { extractHere } from '../../src/activities/extract-here.js';
import { PinnedConfigs } from '../../src/activities/pinned-configs.js';
import type { AlertChannel } from '../../src/alerts/alert-channels.js';
import { type PartnerConfig, partnerConfigSchema } from '../../src/config/partner-config.js';
import type { Airflow } from '../../src/downstream/airflow.js';
import { PartnerDayLayout } from '../../src/ingest/layout.js';
import { WorkerMetrics } from '../../src/metrics/worker-metrics.js';
import type { ProgressMirror } from '../../src/progress/progress-mirror.js';
import type { ObjectStore } from '../../src/store/object-store.js';
import { progressSinks } from '../../src/workers/progress-sinks.js';
import type { DayMode } from '../../src/workflows/inputs.js';
import { partnerDayId, QUEUES } from '../../src/workflows/names.js';
import type { partnerDay } from '../../src/workflows/partner-day.js';
import { temporaryStore } from './manifests.js';
import { workflowBundle } from './run-scripted-day.js';
import { tarFile, tarGz } from './tar-builder.js';

const DATE = '2026-11-20';

/** Quick everything, so that a test waits for nothing but what it is about. */
const QUICK = {
  extraction: { tries: 2, backoff: { initial: '10ms' } },
  merge: { tries: 1, backoff: { initial: '10ms' } },
  requeue: { rounds: 0 },
};

/** What workers may be connected with besides Temporal and the store. */
export interface SystemsAround {
  mirror?: ProgressMirror;
  airflow?: Airflow;
}

/** A partner whose days the real workflows and the real activities process, in this process, over a file store. */
export class RealPartner {
  readonly id = `acme-${randomUUID().slice(0, 8)}`;
  readonly date = DATE;
  readonly layout = new PartnerDayLayout(this.id, DATE);
  /** Archives that were read, in order. */
  readonly read: string[] = [];
  /** Where its alerts go. */
  channels: AlertChannel[] = [];
  /** Manifests of archives that were read. */
  manifestsRead = 0;
  readonly #started = new Set<string>();
  config: PartnerConfig;

  private constructor(
    private readonly env: TestWorkflowEnvironment,
    readonly store: ObjectStore,
    readonly root: string,
    private readonly fields: Record<string, unknown>,
    private readonly around: SystemsAround,
  ) {
    this.config = this.#configured(fields);
  }

  static async with<T>(
    env: TestWorkflowEnvironment,
    fields: Record<string, unknown>,
    test: (partner: RealPartner) => Promise<T>,
    around: SystemsAround = {},
  ): Promise<T> {
    const { store, root, remove } = await temporaryStore();
    const partner = new RealPartner(env, store, root, fields, around);
    const workers = await partner.#workers();
    const running = workers.map((worker) => worker.run());
    try {
      return await test(partner);
    } finally {
      for (const date of partner.#started)
        await partner
          .handle(date)
          .terminate()
          .catch(() => undefined);
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await remove();
    }
  }

  reconfigure(fields: Record<string, unknown>): void {
    this.config = this.#configured({ ...this.fields, ...fields });
  }

  handle(date = DATE): WorkflowHandle<typeof partnerDay> {
    return this.env.client.workflow.getHandle(partnerDayId(this.id, date));
  }

  async start(mode: DayMode, date = DATE): Promise<WorkflowHandle<typeof partnerDay>> {
    this.#started.add(date);
    return this.env.client.workflow.start<typeof partnerDay>('partnerDay', {
      workflowId: partnerDayId(this.id, date),
      taskQueue: QUEUES.control,
      args: [{ partner: this.id, date, mode }],
    });
  }

  async run(mode: DayMode = 'seal', date = DATE) {
    return (await this.start(mode, date)).result();
  }

  key(name: string, date = DATE): string {
    return `landing/${this.id}/${date}/${name}`;
  }

  /** Lands an archive of these members, or these very bytes, as if it had been there for a minute. */
  async land(name: string, content: Record<string, string> | Buffer, date = DATE): Promise<void> {
    const bytes = Buffer.isBuffer(content)
      ? content
      : tarGz(...Object.entries(content).map(([member, data]) => tarFile(member, data)));
    const path = join(this.root, this.key(name, date));
    await mkdir(dirname(path), { recursive: true });
    await rm(path, { force: true });
    await writeFile(path, bytes);
    const then = new Date(Date.now() - 60_000);
    await utimes(path, then, then);
  }

  /** A marker, a manifest, or anything else that is no archive. */
  async put(name: string, content: string, date = DATE): Promise<void> {
    const path = join(this.root, this.key(name, date));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }

  async keys(prefix = this.layout.prefix): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of this.store.list(prefix)) keys.push(key.slice(this.layout.prefix.length));
    return keys;
  }

  #configured(fields: Record<string, unknown>): PartnerConfig {
    return partnerConfigSchema.parse({ id: this.id, policies: QUICK, ...fields });
  }

  async #workers(): Promise<Worker[]> {
    const store = this.#noted();
    const activities = createActivities({
      store,
      configs: new PinnedConfigs(store),
      partners: async () => new Map([[this.id, this.config]]),
      extractor: {
        extract: (task, watch) => extractHere(store, task, watch),
        close: async () => undefined,
      },
      workflowUrl: async () => undefined,
      codeVersion: 'test',
      lineage: { emit: 'store', namespace: 'test', endpoint: undefined },
      alertChannels: () => ({ channels: this.channels, problems: [] }),
      mirrorsProgress: this.around.mirror !== undefined,
      airflow: this.around.airflow,
      metrics: new WorkerMetrics(noopMetricMeter),
      draining: new AbortController().signal,
    });
    const sinks = progressSinks(this.around.mirror);
    const shared = { sinks, connection: this.env.nativeConnection, workflowBundle: await workflowBundle() };
    const queues = Object.keys(QUEUES) as (keyof typeof QUEUES)[];
    return Promise.all(
      queues.map((queue) =>
        Worker.create({ ...shared, taskQueue: QUEUES[queue], activities: activities[queue] }),
      ),
    );
  }

  /** The store, with a note of every archive and manifest that is read. */
  #noted(): ObjectStore {
    return new Proxy(this.store, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== 'function') return value;
        if (property !== 'get' && property !== 'getBytes') return value.bind(target);
        return (...args: Parameters<ObjectStore['get']>) => {
          const [key] = args;
          if (property === 'get' && key.startsWith('landing/'))
            this.read.push(key.slice(key.lastIndexOf('/') + 1));
          if (/\/extract\/.*\/manifest\.json$/.test(key)) this.manifestsRead++;
          return value.apply(target, args);
        };
      },
    });
  }
}
