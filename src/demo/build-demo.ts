import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TerminalError } from '../errors.js';
import { parseBusinessDate } from '../ingest/layout.js';
import { buildDay, type LandingFile } from './build-day.js';
import { DEMO_PARTNERS } from './demo-partners.js';
import type { DemoDay, DemoPlan } from './demo-plan.js';
import {
  type DemoStamp,
  demoId,
  isComplete,
  readStamp,
  STAMP_FILE,
  stampFile,
  writeStamp,
} from './demo-stamp.js';
import { describePlanted, obstacle } from './planted.js';
import { DATA_NOTICE, readSourceTable, type SourceTable } from './source-tables.js';

export interface DemoOptions {
  /** Two business dates, older first. Default: 2026-03-02 and 2026-03-03. */
  dates?: readonly [string, string];
}

const DATES = ['2026-03-02', '2026-03-03'] as const;

/**
 * Writes the demo into `dir`: configuration of three partners, and below `store/` what they landed for two dates.
 * The same demo already there is left as it is, with whatever was published from it.
 * @throws TerminalError when `dir` holds something else, or the data package is not installed
 */
export async function buildDemo(dir: string, options: DemoOptions = {}): Promise<DemoPlan> {
  const dates = (options.dates ?? DATES).map(parseBusinessDate);
  if (dates[0]! >= dates[1]!)
    throw new TerminalError(`demo dates ${dates.join(', ')}: expected the older one first`);
  const root = resolve(dir);
  const store = join(root, 'store');
  const id = demoId(dates);
  const found = await readStamp(root);
  if (found?.id === id && found.built && (await isComplete(store, found))) {
    return planOf(root, dates, found.built.days, false);
  }
  if (found === undefined) await requireEmpty(root);
  await mkdir(root, { recursive: true });
  await writeStamp(root, { id });
  await clear(store, true);
  const built = await build(store, dates);
  await mkdir(obstacle(store, dates), { recursive: true });
  await writeConfiguration(root, store);
  await writeStamp(root, { id, built });
  return planOf(root, dates, built.days, true);
}

/** Takes back everything Partnerday wrote, and plants the obstacle again. What the partners landed stays. */
export async function resetDemo({ store, dates }: Pick<DemoPlan, 'store' | 'dates'>): Promise<void> {
  await clear(store, false);
  await mkdir(obstacle(store, dates), { recursive: true });
}

async function build(store: string, dates: string[]): Promise<NonNullable<DemoStamp['built']>> {
  const sources = new Map<string, SourceTable>();
  const days: Record<string, DemoDay[]> = {};
  const files: ReturnType<typeof stampFile>[] = [];
  for (const partner of DEMO_PARTNERS) {
    for (const { file } of partner.tables) sources.set(file, await readSourceTable(file));
    const ofPartner: DemoDay[] = [];
    days[partner.id] = ofPartner;
    for (const index of dates.keys()) {
      const built = await buildDay(partner, dates, index, sources);
      ofPartner.push(built.day);
      for (const file of built.files) {
        await land(store, file);
        files.push(stampFile(file));
      }
    }
  }
  return { days, files };
}

async function land(store: string, { key, content }: LandingFile): Promise<void> {
  const path = join(store, key);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

async function writeConfiguration(root: string, store: string): Promise<void> {
  await mkdir(join(root, 'partners'), { recursive: true });
  const settings = `# Written by the demo.\nstore: ${JSON.stringify(pathToFileURL(store).href)}\n`;
  await writeFile(join(root, 'partnerday.yaml'), settings);
  for (const { id, yaml } of DEMO_PARTNERS) await writeFile(join(root, 'partners', `${id}.yaml`), yaml);
  await writeFile(join(root, 'NOTICE.txt'), `${DATA_NOTICE}\n`);
}

async function clear(store: string, landing: boolean): Promise<void> {
  const own = DEMO_PARTNERS.flatMap(({ id }) => (landing ? [id, `landing/${id}`] : [id]));
  for (const path of [...own, '.store']) await rm(join(store, path), { recursive: true, force: true });
}

/** Nothing of somebody else's is ever overwritten: a directory without our stamp must be empty (dot files aside). */
async function requireEmpty(root: string): Promise<void> {
  const all = await readdir(root).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const names = all.filter((name) => !name.startsWith('.'));
  if (names.length > 0) {
    throw new TerminalError(
      `${root}: expected an empty directory or an earlier demo (${STAMP_FILE}), found ${names.slice(0, 3).join(', ')}; choose another directory`,
    );
  }
}

function planOf(root: string, dates: string[], days: Record<string, DemoDay[]>, built: boolean): DemoPlan {
  const store = join(root, 'store');
  return {
    dir: root,
    store,
    storeUrl: pathToFileURL(store).href,
    dates,
    partners: DEMO_PARTNERS.map(({ id, name, tables }) => ({
      id,
      name,
      tables: tables.map(({ table }) => table),
      days: days[id] ?? [],
    })),
    planted: describePlanted(root, store, dates),
    notice: DATA_NOTICE,
    built,
  };
}
