import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crc32 } from '../../../src/store/crc32.js';
import { DerivedCrc } from '../../../src/store/derived-crc.js';

const KIB = 1024;

it('a CRC32 is that of the bytes, whatever is known of them and however they pass', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 40 * KIB }), { minLength: 1, maxLength: 90 });
  // Of each piece: whether it is known, and behind how many of them the bytes before pass.
  const known = fc.infiniteStream(fc.boolean());
  fc.assert(
    fc.property(lengths, known, fc.integer({ min: 1, max: 100 }), (pieces, isKnown, together) => {
      const bytes = randomBytes(pieces.reduce((sum, length) => sum + length, 0));
      const crc = new DerivedCrc();
      let [at, passed] = [0, 0];
      for (const [index, length] of pieces.entries()) {
        const piece = bytes.subarray(at, at + length);
        // Another run, of which the piece is the end: what a member knows of its rows.
        if (isKnown.next().value) crc.known(piece, 7, crc32(piece, 7));
        at += length;
        if (index % together === 0 || index === pieces.length - 1) {
          crc.passed(bytes.subarray(passed, at));
          passed = at;
        }
      }
      expect(crc.value).toBe(crc32(bytes));
    }),
    { numRuns: 60 },
  );
});

it('looks itself at what passes in other memory than was announced', () => {
  const bytes = randomBytes(64 * KIB);
  const crc = new DerivedCrc();
  crc.known(Buffer.from(bytes), 0, 1234);
  crc.passed(bytes);
  expect(crc.value).toBe(crc32(bytes));
});
