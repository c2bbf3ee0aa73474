import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combineCrc32, crc32 } from '../../../src/store/crc32.js';

const bytes = fc.uint8Array({ maxLength: 3000 });

describe('crc32', () => {
  it('stays what it is when nothing is added, not even memory', () => {
    expect(crc32(new Uint8Array(0), 5)).toBe(5);
    expect(crc32(Buffer.alloc(3).subarray(1, 1), 5)).toBe(5);
  });

  it('gives the published check value of "123456789"', () => {
    expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
  });

  it('continues from the CRC32 of what came before', () => {
    fc.assert(fc.property(bytes, bytes, (a, b) => crc32(b, crc32(a)) === crc32(Buffer.concat([a, b]))));
  });
});

describe('combineCrc32', () => {
  it('equals the CRC32 of the concatenation, for any split', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(combineCrc32(crc32(a), crc32(b), b.length)).toBe(crc32(Buffer.concat([a, b])));
      }),
      { numRuns: 2000 },
    );
  });

  it('is associative, so that ranges can be combined in any grouping', () => {
    const part = fc.tuple(
      fc.nat(0xffffffff),
      fc.maxSafeNat().map((n) => Math.floor(n / 4)),
    );
    fc.assert(
      fc.property(part, part, part, ([a], [b, lengthB], [c, lengthC]) => {
        const left = combineCrc32(combineCrc32(a, b, lengthB), c, lengthC);
        const right = combineCrc32(a, combineCrc32(b, c, lengthC), lengthB + lengthC);
        expect(left).toBe(right);
      }),
    );
  });

  it('is exact for lengths beyond 4 GiB: zeros doubled step by step', () => {
    // CRC32 of 2^n zero bytes from that of 2^(n-1), checked against real zeros where that is affordable.
    let crc = crc32(new Uint8Array(1));
    for (let length = 1; length < 2 ** 40; length *= 2) {
      crc = combineCrc32(crc, crc, length);
      if (length * 2 <= 2 ** 22) expect(crc).toBe(crc32(new Uint8Array(length * 2)));
    }
    // The same 2^40 zeros, cut at a place that is no power of two.
    const zeros = (length: number): number => {
      let sum = 0;
      let done = 0;
      for (let bit = 2 ** 41, unit = 0; bit >= 1; bit = bit / 2) {
        if (length - done < bit) continue;
        unit = crc32(new Uint8Array(1));
        for (let n = 1; n < bit; n *= 2) unit = combineCrc32(unit, unit, n);
        sum = combineCrc32(sum, unit, bit);
        done += bit;
      }
      return sum;
    };
    const cut = 5 * 2 ** 30 + 12345;
    expect(combineCrc32(zeros(cut), zeros(2 ** 40 - cut), 2 ** 40 - cut)).toBe(crc);
  });

  it('refuses a length that is none', () => {
    expect(() => combineCrc32(1, 2, -1)).toThrow(/expected a length/);
    expect(() => combineCrc32(1, 2, 1.5)).toThrow(/expected a length/);
  });
});
