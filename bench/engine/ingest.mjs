#!/usr/bin/env node
/**
 * ingest.mjs STORE_URL COUNTS_FILE [THREADS]
 *
 * The engine alone, without Temporal: everything landed below the store's landing prefix is extracted, planned, merged,
 * balanced by the ledger and published, by the product's own functions. One thread per core takes archives, then
 * tables, as it gets free.
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { THREAD_HEAP } from '../../dist/activities/threads/thread-heap.js';
import { partnerConfigSchema } from '../../dist/config/partner-config.js';
import { canonicalJson } from '../../dist/config/rules-id.js';
import { Landing } from '../../dist/ingest/arrivals/landing.js';
import { PartnerDayLayout } from '../../dist/ingest/layout.js';
import { planNextVersion } from '../../dist/ingest/planning/plan-next-version.js';
import { publishVersion } from '../../dist/ingest/publication/publish-version.js';
import { DATE, PARTNER } from '../lib/sizes.mjs';
import { openBenchStore } from './open-bench-store.mjs';

const [storeUrl, countsFile, threads = availableParallelism()] = process.argv.slice(2);
const RUN = 'bench';
const PHASES = process.env.BENCH_PHASES === '1';

const store = await openBenchStore(storeUrl);
const layout = new PartnerDayLayout(PARTNER, DATE);
const config = partnerConfigSchema.parse({ id: PARTNER });
const started = performance.now();
const phase = (name) => {
  if (!PHASES) return;
  const { user, system } = process.cpuUsage();
  console.error(
    `${name} ${((performance.now() - started) / 1000).toFixed(2)} s, CPU ${((user + system) / 1e6).toFixed(2)} s`,
  );
};

const workers = Array.from(
  { length: Number(threads) },
  () =>
    new Worker(join(import.meta.dirname, 'thread.mjs'), {
      workerData: { storeUrl, config },
      resourceLimits: THREAD_HEAP,
    }),
);

const landed = await listLanded();
// The largest first: a thread should not begin with one when the others have finished.
await dealOut([...landed].sort((a, b) => b.bytes - a.bytes).map((archive) => ({ archive })));
phase('extracted');

const configKey = await put(layout.config('be0c4000'), { format: 1, config });
const arrivalsKey = await put(layout.arrivals(RUN, 0), {
  format: 1,
  sources: [{ source: config.sources[0].id, completedBy: 'sealed', landed }],
  refused: [],
});
const next = await planNextVersion({ store, layout, config, configKey, arrivalsKey, runId: RUN });
const { version } = next.plan;
phase('planned');

const tables = [...next.tables].sort((a, b) => b.bytes - a.bytes).map(({ head }) => head);
await dealOut(tables.map(({ table }) => ({ version, table })));
phase('merged');

const publication = await publishVersion({
  store,
  layout,
  config,
  version,
  failures: new Map(),
  publishedAt: `${DATE}T12:00:00.000Z`,
  workflowId: RUN,
  runId: RUN,
});
phase('published');
for (const worker of workers) worker.postMessage(undefined);

const rowsMerged = new Map(publication.tables.map(({ table, rows }) => [table, rows]));
const counts = Object.fromEntries(
  tables.map(({ table, columns, nulls }) => [
    table,
    { rows: rowsMerged.get(table), nulls: Object.fromEntries(columns.map((name, at) => [name, nulls[at]])) },
  ]),
);
writeFileSync(countsFile, JSON.stringify(counts));
if (PHASES) for (const { table, rows } of tables) console.error(table, rows);

async function listLanded() {
  const landing = new Landing(config.sources[0], PARTNER, DATE);
  const found = [];
  for await (const { key, etag, bytes } of store.list(landing.prefix)) {
    if (landing.isArchive(key)) found.push({ source: config.sources[0].id, key, etag, bytes });
  }
  if (found.length === 0) throw new Error(`nothing has landed in ${storeUrl}/${landing.prefix}`);
  return found;
}

async function put(key, value) {
  await store.put(key, Buffer.from(canonicalJson(value)), { ifNoneMatch: '*' });
  return key;
}

/** Gives the tasks to the threads one by one. */
async function dealOut(tasks) {
  const queue = tasks[Symbol.iterator]();
  await Promise.all(workers.map((worker) => serve(worker, queue)));
}

async function serve(worker, queue) {
  for (let next = queue.next(); !next.done; next = queue.next()) {
    worker.postMessage(next.value);
    // An 'error' event of the thread rejects, too.
    const [{ error }] = await once(worker, 'message');
    if (error !== undefined) throw new Error(error);
  }
}
