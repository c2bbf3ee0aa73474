import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { encodeSteps } from '../../../src/ingest/documents/encode-json-in-turns.js';
import { encodeJson } from '../../../src/ingest/documents/json-object.js';
import { into, parseJsonInTurns } from '../../../src/ingest/documents/read-json-in-turns.js';
import { UnreadableObjectError } from '../../../src/ingest/documents/unreadable-object.js';
import { TextPile } from '../../../src/ingest/planning/text-pile.js';
import { atOnce, Turns } from '../../../src/ingest/turns.js';

const anything = z.unknown();
const value = fc.record({
  a: fc.jsonValue(),
  list: fc.array(
    fc.oneof(fc.jsonValue(), fc.string({ unit: fc.constantFrom('"', '\\', '[', ']', '{', ',', 'é') })),
  ),
  nested: fc.record({ list: fc.array(fc.jsonValue()) }),
  'l"ist\\': fc.array(fc.string()),
  z: fc.jsonValue(),
});

function* cut(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.byteLength; turn++) {
    const size = sizes[turn % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function parsed(bytes: Buffer, sizes: readonly number[]): Promise<unknown> {
  const list: unknown[] = [];
  const lists = { list: into('key', anything, (item) => list.push(item)) };
  const rest = await parseJsonInTurns('key', cut(bytes, sizes), z.looseObject({}), lists, new Turns());
  return { ...rest, list };
}

it('an object is parsed in turns to what JSON.parse makes of it, wherever its text is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      value,
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
      async (object, sizes) => {
        const text = JSON.stringify(object, undefined, sizes[0]! % 2);
        expect(await parsed(Buffer.from(text), sizes)).toEqual(JSON.parse(text));
      },
    ),
  );
});

it('a list is handed on while it arrives, some items at a time', async () => {
  const items = Array.from({ length: 20_000 }, (_, id) => ({ id, text: 'some text' }));
  const counts: number[] = [];
  const lists = { list: (text: Buffer) => void counts.push(JSON.parse(`[${text.toString()}]`).length) };
  const chunks = cut(encodeJson({ list: items }), [300_000]);
  await parseJsonInTurns('key', chunks, z.looseObject({}), lists, new Turns());
  expect(counts.reduce((sum, count) => sum + count)).toBe(items.length);
  expect(Math.max(...counts)).toBeLessThan(5_000);
});

it('what is cut, or of another shape, is an unreadable object', async () => {
  const bytes = encodeJson({ list: [1, 2, { three: 3 }] });
  for (let length = 1; length < bytes.byteLength - 2; length++) {
    await expect(parsed(bytes.subarray(0, length), [4])).rejects.toThrow(UnreadableObjectError);
  }
  const numbers = { list: into('key', z.number(), () => undefined) };
  const reading = parseJsonInTurns('key', [bytes], z.looseObject({}), numbers, new Turns());
  await expect(reading).rejects.toThrow(UnreadableObjectError);
});

it('an object is encoded in turns to the very bytes it is encoded to at once', () => {
  fc.assert(
    fc.property(value, (object) => {
      expect(atOnce(encodeSteps(object)).equals(encodeJson(object))).toBe(true);
      const pile = new TextPile();
      for (const item of object.list) pile.add(JSON.stringify(item));
      const list = object.list.map((item) => JSON.parse(JSON.stringify(item)));
      const piled = JSON.parse(atOnce(encodeSteps({ ...object, list: pile })).toString());
      expect(piled).toEqual(JSON.parse(JSON.stringify({ ...object, list })));
    }),
  );
});
