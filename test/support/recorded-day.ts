import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ObjectStore } from '../../src/store/object-store.js';
import { LocalDay } from './local-day.js';

export const RECORDED_DAYS = fileURLToPath(new URL('../fixtures/days', import.meta.url));

/** Everything a released version has written for a day, with what had landed: key to bytes, in base64. */
export type RecordedDay = Record<string, string>;

export async function recordDay(store: ObjectStore): Promise<RecordedDay> {
  const objects: RecordedDay = {};
  for await (const { key } of store.list('')) objects[key] = (await store.getBytes(key)).toString('base64');
  return objects;
}

/** The recorded day in a store of its own, as the version that wrote it left it. */
export async function restoreDay(file: string): Promise<LocalDay> {
  const recorded = JSON.parse(readFileSync(`${RECORDED_DAYS}/${file}`, 'utf8')) as RecordedDay;
  const day = await LocalDay.create();
  for (const [key, bytes] of Object.entries(recorded)) {
    await day.store.put(key, Buffer.from(bytes, 'base64'), { ifNoneMatch: '*' });
  }
  return day;
}

/** Lands an archive as a store of ours would: with an ETag that is made of its bytes, and so is the same everywhere. */
export async function landByContent(day: LocalDay, name: string, bytes: Buffer): Promise<void> {
  await day.store.put(day.key(name), bytes, { ifNoneMatch: '*' });
}
