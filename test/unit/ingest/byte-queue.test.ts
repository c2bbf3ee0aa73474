import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ByteQueue } from '../../../src/ingest/extraction/byte-queue.js';

it('gives the bytes in order with their CRC32, wherever they are taken apart and joined', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 150_000 }), fc.boolean()), { maxLength: 12 }),
      fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 12 }),
      (pieces, cuts) => {
        const queue = new ByteQueue();
        const pushed: Buffer[] = [];
        for (const [index, [length, apart]] of pieces.entries()) {
          const bytes = Buffer.alloc(length, `${index},${length};`);
          pushed.push(Buffer.from(bytes));
          if (apart) {
            const other = new ByteQueue();
            other.push(bytes, crc32(bytes));
            queue.append(other);
            expect(other.length).toBe(0);
          } else queue.push(bytes);
          bytes.fill(0);
        }
        const whole = Buffer.concat(pushed);
        let at = 0;
        for (const cut of [...cuts, Number.POSITIVE_INFINITY]) {
          const length = Math.min(cut, queue.length);
          const taken = queue.take(length);
          expect(taken.length).toBe(length);
          expect(Buffer.concat(taken.chunks).equals(whole.subarray(at, at + length))).toBe(true);
          expect(taken.crc32).toBe(crc32(whole.subarray(at, at + length)));
          taken.release();
          at += length;
        }
        expect(at).toBe(whole.length);
      },
    ),
    { numRuns: 60 },
  );
});
