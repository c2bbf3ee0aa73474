import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWholeFile } from './write-whole-file.js';

/** What `partnerday up` leaves in `.partnerday/` so that every other verb finds what it started. */
const upRecordSchema = z.object({
  format: z.literal(1),
  startedAt: z.string(),
  temporal: z.object({ address: z.string(), namespace: z.string() }),
  ui: z.object({ url: z.string() }),
  /** The fleet page and the HTTP interface. */
  serve: z.object({ url: z.string() }).optional(),
  store: z.object({
    url: z.string(),
    /** For a development S3 server of our own: its endpoint and the credentials made for it. */
    env: z.record(z.string(), z.string()),
  }),
  processes: z.array(
    z.object({
      name: z.string(),
      pid: z.number().int().positive(),
      /** When the process started, as the system tells it: a reused pid is never taken for ours. */
      started: z.string(),
      log: z.string(),
    }),
  ),
});
export type UpRecord = z.infer<typeof upRecordSchema>;

export const WORK_DIRECTORY = '.partnerday';

export function workDirectory(dir: string): string {
  return join(dir, WORK_DIRECTORY);
}

export function upRecordPath(dir: string): string {
  return join(workDirectory(dir), 'up.json');
}

/** `undefined` when nothing is up, or what is written there is not ours to understand. */
export async function readUpRecord(dir: string): Promise<UpRecord | undefined> {
  try {
    return upRecordSchema.parse(JSON.parse(await readFile(upRecordPath(dir), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Readable by its owner only: it may hold the credentials of a development server. */
export async function writeUpRecord(dir: string, record: UpRecord): Promise<void> {
  await mkdir(workDirectory(dir), { recursive: true });
  await writeWholeFile(upRecordPath(dir), `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
}

export async function removeUpRecord(dir: string): Promise<void> {
  await rm(upRecordPath(dir), { force: true });
}
