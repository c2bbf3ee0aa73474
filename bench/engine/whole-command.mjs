#!/usr/bin/env node
/**
 * whole-command.mjs DIR
 *
 * What a user types, from nothing running to nothing running: `up`, `run --wait`, `down`, on the store in DIR/store.
 * Writes DIR/out/counts.json from the published summary, and DIR/out/phases.json with the seconds of each command.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DATE, PARTNER, TABLES } from '../lib/sizes.mjs';

const dir = resolve(process.argv[2]);
const cli = join(import.meta.dirname, '../../dist/cli/main.js');
const env = { ...process.env, PARTNERDAY_STORE: `file://${join(dir, 'store')}` };
const phases = {};

mkdirSync(join(dir, 'partners'), { recursive: true });
writeFileSync(join(dir, 'partnerday.yaml'), '{}\n');
writeFileSync(join(dir, 'partners', `${PARTNER}.yaml`), `id: ${PARTNER}\n`);

let failed = false;
try {
  partnerday('up', '--detach');
  partnerday('run', PARTNER, DATE, '--wait');
  writeCounts();
} catch (error) {
  failed = true;
  console.error(error.message);
} finally {
  partnerday('down');
}
writeFileSync(join(dir, 'out', 'phases.json'), JSON.stringify(phases));
process.exit(failed ? 1 : 0);

function partnerday(verb, ...rest) {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, verb, ...rest, '--config', dir], {
    env,
    encoding: 'utf8',
  });
  phases[verb] = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`partnerday ${verb}: exit ${status}\n${stdout}${stderr}`);
}

/** The plan counts rows and nulls of every table; the merge has counted the rows again. */
function writeCounts() {
  const read = (path) => JSON.parse(readFileSync(join(dir, 'store', PARTNER, DATE, 'v1', path), 'utf8'));
  const counts = {};
  for (const table of TABLES) {
    const { columns, nulls } = read(`plan/${table}.json`);
    const { rows } = read(`merged/${table}.json`);
    counts[table] = { rows, nulls: Object.fromEntries(columns.map((name, at) => [name, nulls[at]])) };
  }
  writeFileSync(join(dir, 'out', 'counts.json'), JSON.stringify(counts));
}
