import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Client, Connection } from '@temporalio/client';
import { displayPath, loadProject } from '../../config/load-project.js';
import { readUpRecord, type UpRecord, workDirectory } from '../../config/up-record.js';
import { buildDemo, resetDemo } from '../../demo/build-demo.js';
import type { DemoPlan } from '../../demo/demo-plan.js';
import { openStore } from '../../store/open-store.js';
import type { Cli } from '../cli.js';
import { startEnvironment, stopEnvironment, withEnvironmentLock } from '../environment/environment.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { plural, size } from '../output/format.js';
import { shellQuote } from '../temporal/plain-command.js';
import { type DemoReport, gatherReport, reportText, verdictLine } from './demo-report.js';
import { followDemo } from './follow-demo.js';

const STOP_GRACE_MS = 5_000;

/** Everything from nothing to the report; afterwards nothing of ours is running, unless it is to be kept. */
export async function runDemo(cli: Cli, dir: string, keep: boolean): Promise<ExitCode> {
  const began = Date.now();
  const step = (text: string) => cli.note(cli.noteStyle('bold', `▸ ${text}`));
  step(`Building the demo in ${displayPath(dir)} ...`);
  await stopEarlier(cli, dir);
  const plan = await buildDemo(dir);
  if (!plan.built) await resetDemo(plan);
  await rm(workDirectory(dir), { recursive: true, force: true });
  describePlan(cli, plan);
  step('Starting a Temporal server and a worker ...');
  const record = await start(cli, plan);
  let stay = keep;
  try {
    cli.note(`  Temporal Web UI   ${record.ui.url}`);
    cli.note(`  Store             ${record.store.url}`);
    step(
      'Processing: every partner says what has landed; its second day follows when its first is published',
    );
    const report = await processAll(cli, plan, record, began);
    cli.print({ json: report, lines: report.days, text: () => reportText(report, cli) });
    cli.note('');
    cli.note(cli.noteStyle('bold', verdictLine(report)));
    whatNext(cli, plan, keep || Boolean(cli.stdout.isTTY));
    if (!keep && cli.stdout.isTTY && process.stdin.isTTY) await untilEnter(cli, record);
    return isAsPlanned(report) ? EXIT.ok : EXIT.incomplete;
  } catch (error) {
    stay = false;
    throw error;
  } finally {
    if (!stay) {
      await stopEnvironment(dir, record, { graceMs: STOP_GRACE_MS, hurry: cli.signal });
      cli.note('Stopped the server and the worker; the files are kept.');
    }
  }
}

async function processAll(cli: Cli, plan: DemoPlan, record: UpRecord, began: number): Promise<DemoReport> {
  const { address, namespace } = record.temporal;
  const connection = await Connection.connect({ address });
  const store = await openStore(plan.storeUrl, cli.env);
  try {
    const client = new Client({ connection, namespace });
    const close = () => connection.close();
    const followed = await followDemo(cli, { client, address, namespace, close }, plan);
    return await gatherReport(store, plan, followed, record.ui.url, (Date.now() - began) / 1000);
  } finally {
    await store.close();
    await connection.close();
  }
}

/** The demo's own store and server, whatever the environment says about others. */
async function start(cli: Cli, plan: DemoPlan): Promise<UpRecord> {
  const project = await loadProject(plan.dir);
  const { signal } = cli;
  const env = { ...cli.env, PARTNERDAY_STORE: plan.storeUrl };
  const announce = (line: string) => cli.note(`  ${line}`);
  const go = () =>
    startEnvironment({ project, env, signal, announce, s3: false, schedule: false, serve: false });
  return withEnvironmentLock(plan.dir, go, signal);
}

async function stopEarlier(cli: Cli, dir: string): Promise<void> {
  const record = await readUpRecord(dir);
  if (!record) return;
  cli.note('  an earlier demo is still up; stopping it');
  await stopEnvironment(dir, record, { graceMs: STOP_GRACE_MS });
}

function describePlan(cli: Cli, plan: DemoPlan): void {
  for (const { id, name, tables, days } of plan.partners) {
    const archives = days.reduce((total, day) => total + day.archives, 0);
    const bytes = days.reduce((total, day) => total + day.bytes, 0);
    cli.note(
      `  ${id.padEnd(10)}${name}: ${plural(tables.length, 'table')}, ${plural(days.length, 'day')}, ${plural(archives, 'archive')} (${size(bytes)})`,
    );
  }
  cli.note('  Planted, and to be found:');
  for (const { partner, date, say } of plan.planted) cli.note(`    ${partner} ${date}: ${say}`);
}

function isAsPlanned({ days, planted }: DemoReport): boolean {
  return days.every(({ version }) => version !== null) && planted.every(({ found }) => found);
}

function whatNext(cli: Cli, plan: DemoPlan, up: boolean): void {
  const config = `--config ${shellQuote(displayPath(plan.dir))}`;
  const [day] = plan.planted.filter(({ table }) => table !== undefined);
  cli.note('');
  cli.note(cli.noteStyle('bold', 'Next'));
  if (basename(process.argv[1] ?? '') === 'main.js') {
    cli.note('  (in a checkout, `partnerday` is `npx partnerday` or `node dist/cli/main.js`)');
  }
  if (!up) cli.note(`  partnerday up --detach ${config}        # start it again`);
  if (day) cli.note(`  partnerday explain ${day.partner} ${day.date} ${day.table} ${config}`);
  for (const { fix } of plan.planted) if (fix) cli.note(`  ${fix.command}`);
  cli.note(`  partnerday status ${config}`);
  cli.note(`  partnerday verify ${plan.partners[0]!.id} ${plan.dates[0]} ${config}`);
  if (up) cli.note(`  partnerday down ${config}        # stop it`);
}

async function untilEnter(cli: Cli, record: UpRecord): Promise<void> {
  cli.note('');
  cli.note(`The Temporal Web UI stays at ${record.ui.url} until you press Enter.`);
  const prompt = createInterface({ input: process.stdin });
  try {
    await prompt.question('', { signal: cli.signal });
  } catch {
    // Ctrl-C means the same.
  } finally {
    prompt.close();
  }
}
