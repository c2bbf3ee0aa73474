import type { CallOptions, ObjectInfo, ObjectStore } from '../../store/object-store.js';
import type { PartnerDayLayout } from '../layout.js';

/** An object of a partner-day that may one day be deleted. */
export type DayObject =
  /** Rows of an archive, as they were read. */
  | { readonly kind: 'segment'; readonly archiveId: string; readonly info: ObjectInfo }
  /** Bytes of rows that were set aside. */
  | { readonly kind: 'quarantine'; readonly archiveId: string; readonly info: ObjectInfo }
  /** `name`: its key below the version's prefix. */
  | { readonly kind: 'version'; readonly version: number; readonly name: string; readonly info: ObjectInfo }
  /** Lists that a run wrote for itself, and answers to partners' requests. */
  | { readonly kind: 'working'; readonly info: ObjectInfo };

const SEGMENT = /^extract\/([0-9a-f]+)\/[0-9a-f]+\/(?!manifest\.json$)[^/]+$/;
const QUARANTINE = /^quarantine\/([0-9a-f]+)\/[0-9a-f]+\/[^/]+$/;
const VERSION = /^v(\d+)\/(.+)$/;
const WORKING = /^(?:slices|replays|requests)\//;

/**
 * Everything of a day that is not kept for ever, in one listing. Manifests are the record of what was read, and
 * configurations of how: both stay, as does whatever is not ours.
 */
export async function listDayObjects(
  store: ObjectStore,
  layout: PartnerDayLayout,
  options: CallOptions = {},
): Promise<DayObject[]> {
  const objects: DayObject[] = [];
  for await (const info of store.list(layout.prefix, options)) {
    const object = dayObject(info, info.key.slice(layout.prefix.length));
    if (object) objects.push(object);
  }
  return objects;
}

function dayObject(info: ObjectInfo, name: string): DayObject | undefined {
  const [, segmentOf] = SEGMENT.exec(name) ?? [];
  if (segmentOf !== undefined) return { kind: 'segment', archiveId: segmentOf, info };
  const [, quarantineOf] = QUARANTINE.exec(name) ?? [];
  if (quarantineOf !== undefined) return { kind: 'quarantine', archiveId: quarantineOf, info };
  const [, version, below] = VERSION.exec(name) ?? [];
  if (version !== undefined) return { kind: 'version', version: Number(version), name: below!, info };
  return WORKING.test(name) ? { kind: 'working', info } : undefined;
}
