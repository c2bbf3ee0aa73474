import { link, rename, rm, writeFile } from 'node:fs/promises';

export interface WriteWholeOptions {
  /** Fails with EEXIST instead of replacing what is there. */
  create?: boolean;
  mode?: number;
}

/** The whole text or nothing: a full disk leaves no half-written file behind. */
export async function writeWholeFile(
  path: string,
  text: string,
  options: WriteWholeOptions = {},
): Promise<void> {
  const scratch = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(scratch, text, options.mode === undefined ? {} : { mode: options.mode });
    if (options.create) await link(scratch, path);
    else await rename(scratch, path);
  } catch (error) {
    // Failed writes do not say where, or name the scratch file nobody knows.
    throw error instanceof Error ? Object.assign(error, { path }) : error;
  } finally {
    await rm(scratch, { force: true });
  }
}
