import { z } from 'zod';
import { CheckedBody } from '../../store/checked-body.js';
import { ObjectNotFoundError } from '../../store/errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { Turns } from '../turns.js';
import { parseJson } from './json-object.js';
import { JsonSplitter } from './json-splitter.js';
import { UnreadableObjectError } from './unreadable-object.js';

/** By field that may be a long list: what takes its items, some at a time. */
export type ListReaders = Record<string, (text: Buffer) => void>;

/**
 * `readJson` for objects with lists of any length: they are parsed while they arrive, some items at a time, and others
 * have their turn in between. `lists`: what becomes of the items; in the object itself those lists are empty.
 * @throws UnreadableObjectError; DamagedBodyError when what arrived is not what the store has: the items are worth nothing
 */
export async function readJsonInTurns<T>(
  store: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
  lists: ListReaders,
  { signal }: CallOptions = {},
): Promise<T | undefined> {
  let body: CheckedBody;
  try {
    body = await CheckedBody.open(store, key, signal === undefined ? {} : { signal });
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return undefined;
    throw error;
  }
  try {
    const value = await parseJsonInTurns(key, body.chunks(), schema, lists, new Turns(signal));
    await body.verify();
    return value;
  } catch (error) {
    if (!(error instanceof UnreadableObjectError)) throw error;
    // Damaged on its way, it is worth another try; the object itself would not get better.
    await body.verify();
    throw error;
  }
}

/** @throws UnreadableObjectError when it is not JSON of this shape */
export async function parseJsonInTurns<T>(
  key: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  schema: z.ZodType<T>,
  lists: ListReaders,
  turns: Turns,
): Promise<T> {
  const splitter = new JsonSplitter(new Set(Object.keys(lists)));
  for await (const chunk of chunks) {
    for (const { list, text } of splitter.push(chunk)) {
      lists[list]!(text);
      if (turns.over) await turns.next();
    }
    if (turns.over) await turns.next();
  }
  return parseJson(key, splitter.end(), schema);
}

/** Checks the items of a list and hands them on. */
export function into<T>(key: string, schema: z.ZodType<T>, take: (item: T) => void): (text: Buffer) => void {
  const some = z.array(schema);
  return (text) => {
    for (const item of parseJson(key, `[${text.toString()}]`, some)) take(item);
  };
}
