import { TerminalError } from '../../errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { readJson, requireJson } from '../documents/json-object.js';
import type { PartnerDayLayout } from '../layout.js';
import { readTableOutline } from '../planning/read-plan.js';
import { readPointer, switchPointer } from './pointer.js';
import { type Publication, publicationSchema } from './publication.js';
import { StaleVersionError } from './publish-version.js';
import { decisionSchema } from './record-decision.js';
import { writeRegistryEntry } from './registry.js';

/**
 * Publishes a version that was held, as it stands, with the recorded word of who released it and why. Repeating it
 * changes nothing. @throws StaleVersionError
 */
export async function releaseVersion(
  store: ObjectStore,
  layout: PartnerDayLayout,
  version: number,
  options: CallOptions = {},
): Promise<Publication> {
  const keys = layout.version(version);
  const held = await requireJson(store, keys.held, publicationSchema, options);
  const decision = await readJson(store, keys.decision, decisionSchema, options);
  const publication: Publication = {
    ...held,
    status: 'published',
    ...(decision === undefined ? {} : { decision }),
  };
  for (const { table, status, version: planned } of publication.tables) {
    if (status !== 'merged') continue;
    if (planned === undefined) throw new TerminalError(`${keys.held}: table ${table} has no version`);
    const { head } = await readTableOutline(store, layout.version(planned), table, options);
    await writeRegistryEntry(store, layout, head, options);
  }
  for (;;) {
    const current = await readPointer(store, layout, options);
    const published = current?.publication.version ?? 0;
    if (published === version) return current!.publication;
    if (published > version) {
      throw new StaleVersionError(
        `${layout.prefix}: version ${published} is published; version ${version} came too late`,
      );
    }
    if (await switchPointer(store, layout, current, publication, options)) return publication;
  }
}
