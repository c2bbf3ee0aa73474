import { canonicalJson } from '../../config/rules-id.js';
import { TextPile } from '../planning/text-pile.js';
import type { Turns } from '../turns.js';

/** Text that is encoded and kept at a time. */
const PIECE_CHARACTERS = 64 * 1024;

/**
 * `encodeJson` for objects with lists of any length: the same bytes, letting others have their turn. A list is an
 * array, anything else that can be iterated, or a pile of texts that are JSON already.
 */
export function encodeJsonInTurns(value: object, turns: Turns): Promise<Buffer> {
  return turns.take(encodeSteps(value));
}

export function* encodeSteps(value: object): Generator<undefined, Buffer> {
  const pieces: Buffer[] = [];
  let text = '{';
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  for (const [index, [key, item]] of entries.sort(([a], [b]) => (a < b ? -1 : 1)).entries()) {
    text += `${index === 0 ? '' : ','}${JSON.stringify(key)}:`;
    const list = listOf(item);
    if (list === undefined) {
      text += canonicalJson(item);
      continue;
    }
    text += '[';
    let separator = '';
    for (const part of list) {
      text += separator + part;
      separator = ',';
      if (text.length < PIECE_CHARACTERS) continue;
      pieces.push(Buffer.from(text));
      text = '';
      yield;
    }
    text += ']';
  }
  pieces.push(Buffer.from(`${text}}\n`));
  return Buffer.concat(pieces);
}

function listOf(item: unknown): Iterable<string> | undefined {
  if (item instanceof TextPile) return item.texts();
  if (typeof item !== 'object' || item === null || !(Symbol.iterator in item)) return undefined;
  return encoded(item as Iterable<unknown>);
}

function* encoded(items: Iterable<unknown>): Generator<string> {
  for (const item of items) yield canonicalJson(item);
}
