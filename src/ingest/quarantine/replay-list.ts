import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { byKey } from '../../store/utf8-order.js';
import { type ArchiveRef, archiveRefSchema } from '../archive-ref.js';
import { encodeJson, requireJson, writeJsonOnce } from '../documents/json-object.js';
import type { PartnerDayLayout } from '../layout.js';

const replayListSchema = z.object({ format: z.literal(1), archives: z.array(archiveRefSchema) });

/** Writes which archives are to be read again by today's rules. @returns the key, by which the list travels */
export async function writeReplayList(
  store: ObjectStore,
  layout: PartnerDayLayout,
  archives: readonly ArchiveRef[],
  call: CallOptions = {},
): Promise<string> {
  const list = { format: 1 as const, archives: [...archives].sort(byKey) };
  const id = createHash('sha256').update(encodeJson(list)).digest('hex').slice(0, 16);
  const key = layout.replay(id);
  await writeJsonOnce(store, key, list, call);
  return key;
}

/** Nothing without a key. */
export async function readReplayList(
  store: ObjectStore,
  key: string | undefined,
  call: CallOptions = {},
): Promise<ArchiveRef[]> {
  return key === undefined ? [] : (await requireJson(store, key, replayListSchema, call)).archives;
}
