import { parentPort, workerData } from 'node:worker_threads';
import { rulesOf } from '../../dist/config/rules-of.js';
import { extractArchive } from '../../dist/ingest/extraction/extract-archive.js';
import { PartnerDayLayout } from '../../dist/ingest/layout.js';
import { mergeTable } from '../../dist/ingest/merging/merge-table.js';
import { readTablePlan } from '../../dist/ingest/planning/read-plan.js';
import { DATE, PARTNER } from '../lib/sizes.mjs';
import { openBenchStore } from './open-bench-store.mjs';

const store = await openBenchStore(workerData.storeUrl);
const layout = new PartnerDayLayout(PARTNER, DATE);
const { rules, rulesId } = rulesOf(workerData.config);

parentPort.on('message', async (task) => {
  if (task === undefined) return parentPort.close();
  try {
    if (task.table) await merge(task);
    else await extractArchive({ store, layout, archive: task.archive, rules, rulesId });
    parentPort.postMessage({});
  } catch (error) {
    parentPort.postMessage({ error: error.stack });
  }
});

async function merge({ version, table }) {
  const plan = await readTablePlan(store, layout.version(version), table);
  await mergeTable({ store, layout, plan });
}
