import type { ObjectStore } from '../store/object-store.js';
import { readJson } from './json-object.js';
import type { PartnerDayLayout } from './layout.js';
import { type Manifest, manifestSchema } from './manifest.js';

const AT_ONCE = 16;

export interface ReadManifestsOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((read: number) => void) | undefined;
}

/** The manifests of the archives that have one, by `archiveId`. `archives`: id to the rules it was read by. */
export async function readManifests(
  store: ObjectStore,
  layout: PartnerDayLayout,
  archives: ReadonlyMap<string, string>,
  { signal, onProgress }: ReadManifestsOptions,
): Promise<Map<string, Manifest>> {
  const manifests = new Map<string, Manifest>();
  const queue = archives.entries();
  const reader = async () => {
    for (const [id, rulesId] of queue) {
      const key = layout.manifest(id, rulesId);
      const manifest = await readJson(store, key, manifestSchema, signal ? { signal } : {});
      if (manifest) manifests.set(id, manifest);
      onProgress?.(manifests.size);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, reader));
  return manifests;
}
