import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Project } from './load-project.js';
import type { ProjectSettings } from './project-settings.js';
import { readUpRecord, workDirectory } from './up-record.js';

export interface ResolvedStore {
  url: string;
  /** The environment to open it with. */
  env: NodeJS.ProcessEnv;
  /** Who said so, for messages. */
  from: string;
}

/** Of a project only what may name a store. */
type StoreNaming = Pick<Project, 'dir'> & { settings: Partial<ProjectSettings> };

/** `PARTNERDAY_STORE`, else what `up` recorded, else `partnerday.yaml`, else `.partnerday/store` of the project. */
export async function resolveStore(
  project: StoreNaming,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ResolvedStore> {
  if (env.PARTNERDAY_STORE) return { url: env.PARTNERDAY_STORE, env, from: 'PARTNERDAY_STORE' };
  const record = await readUpRecord(project.dir);
  if (record) {
    return { url: record.store.url, env: { ...env, ...record.store.env }, from: 'partnerday up' };
  }
  return { ...configuredStore(project), env };
}

/** Without looking at the environment or at what is running. */
export function configuredStore(project: StoreNaming): { url: string; from: string } {
  if (project.settings.store) return { url: project.settings.store, from: 'partnerday.yaml' };
  return { url: pathToFileURL(join(workDirectory(project.dir), 'store')).href, from: 'the default' };
}
