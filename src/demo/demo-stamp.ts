import { createHash } from 'node:crypto';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { LandingFile } from './build-day.js';
import { DEMO_PARTNERS } from './demo-partners.js';
import type { DemoDay } from './demo-plan.js';

/** Raise it whenever the demo's bytes change. */
const FORMAT = 1;
export const STAMP_FILE = 'demo.json';

const stampSchema = z.object({
  /** Which demo this is. */
  id: z.string(),
  /** Absent while it is being built. */
  built: z
    .object({
      days: z.record(z.string(), z.array(z.custom<DemoDay>())),
      files: z.array(z.object({ key: z.string(), bytes: z.number().int(), sha256: z.string() })),
    })
    .optional(),
});
export type DemoStamp = z.infer<typeof stampSchema>;

/** Changes with the configuration, the dates and the format: another id is another demo. */
export function demoId(dates: readonly string[]): string {
  const parts = [String(FORMAT), ...dates, ...DEMO_PARTNERS.map(({ yaml }) => yaml)];
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16);
}

/** `undefined` when the directory has no stamp; a stamp that cannot be read counts as an unfinished demo. */
export async function readStamp(dir: string): Promise<DemoStamp | undefined> {
  let text: string;
  try {
    text = await readFile(join(dir, STAMP_FILE), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return stampSchema.parse(JSON.parse(text));
  } catch {
    return { id: '' };
  }
}

export async function writeStamp(dir: string, stamp: DemoStamp): Promise<void> {
  const path = join(dir, STAMP_FILE);
  await writeFile(`${path}.tmp`, `${JSON.stringify(stamp, null, 2)}\n`);
  await rename(`${path}.tmp`, path);
}

/** Whether every file of the stamp lies there with its size. */
export async function isComplete(store: string, stamp: DemoStamp): Promise<boolean> {
  const files = stamp.built?.files ?? [];
  const sizes = await Promise.all(files.map(({ key }) => stat(join(store, key)).catch(() => undefined)));
  return files.length > 0 && files.every(({ bytes }, index) => sizes[index]?.size === bytes);
}

export function stampFile({ key, content }: LandingFile): { key: string; bytes: number; sha256: string } {
  return { key, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}
