import { parentPort, workerData } from 'node:worker_threads';
import { buildArchive } from './build-archive.mjs';
import { createTables } from './tables.mjs';

const { size, flightsPath } = workerData;
const tables = createTables(flightsPath);

parentPort.on('message', async (task) => {
  if (task === undefined) parentPort.close();
  else parentPort.postMessage(await buildArchive({ ...task, size, tables }));
});
