import type { ObjectStore } from '../../store/object-store.js';
import { addDays } from '../business-date.js';
import { partnerPrefix } from '../layout.js';

/** Sorts after every key of a day. */
const LAST = '\u{10ffff}';
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const RECENT_DAYS = 60;

/**
 * The partner's newest days, newest first. One listing request per day, whatever the number of objects in it: each
 * begins where the day before ends. Without a limit: all of them.
 */
export async function listDays(store: ObjectStore, partner: string, limit?: number): Promise<string[]> {
  if (limit === undefined) return (await daysAfter(store, partner, '')).reverse();
  const today = new Date().toISOString().slice(0, 10);
  const recent = await daysAfter(store, partner, addDays(today, -Math.max(RECENT_DAYS, limit * 2)));
  const found = recent.length >= limit ? recent : await daysAfter(store, partner, '');
  return found.reverse().slice(0, limit);
}

async function daysAfter(store: ObjectStore, partner: string, start: string): Promise<string[]> {
  const prefix = partnerPrefix(partner);
  const days: string[] = [];
  let after = prefix + start;
  for (;;) {
    const key = await firstKey(store, prefix, after);
    const name = key?.slice(prefix.length).split('/')[0];
    if (name === undefined) return days;
    if (DATE.test(name)) days.push(name);
    after = `${prefix}${name}/${LAST}`;
  }
}

async function firstKey(store: ObjectStore, prefix: string, startAfter: string): Promise<string | undefined> {
  for await (const { key } of store.list(prefix, { startAfter })) return key;
  return undefined;
}
