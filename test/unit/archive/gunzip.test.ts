import { constants, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArchiveFault } from '../../../src/archive/archive-fault.js';
import { gunzip } from '../../../src/archive/gunzip.js';
import type { Inflater } from '../../../src/archive/inflate/inflater.js';
import { KernelInflater } from '../../../src/archive/inflate/kernel-inflater.js';
import { StreamInflater } from '../../../src/archive/inflate/stream-inflater.js';
import { crc32 } from '../../../src/store/crc32.js';
import { chunked } from '../../support/scan-bytes.js';

interface Outcome {
  bytes: Buffer;
  fault?: Pick<ArchiveFault, 'kind' | 'code' | 'detail'>;
}

async function read(gzip: Buffer, inflater: Inflater, chunkBytes = 1000): Promise<Outcome> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of gunzip(chunked(gzip, chunkBytes), inflater)) chunks.push(Buffer.from(chunk));
    return { bytes: Buffer.concat(chunks) };
  } catch (error) {
    if (!(error instanceof ArchiveFault)) throw error;
    const { kind, code, detail } = error;
    return { bytes: Buffer.concat(chunks), fault: { kind, code, detail } };
  }
}

/** `make test-deep` tries thirty times as many. */
const DEPTH = process.env.PARTNERDAY_DEEP === '1' ? 30 : 1;
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
const LARGE = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i) & 0xff));

describe.each([
  ['the kernel', () => new KernelInflater()],
  ['zlib as a stream', () => new StreamInflater()],
])('%s', (_name, create) => {
  it('gives all bytes of one and of several members, padded or not', async () => {
    const one = gzipSync(LARGE);
    expect((await read(one, create())).bytes.equals(LARGE)).toBe(true);
    const two = Buffer.concat([one, gzipSync(Buffer.from('end')), Buffer.alloc(3000)]);
    expect(await read(two, create())).toEqual({ bytes: Buffer.concat([LARGE, Buffer.from('end')]) });
  });

  it('a cut gives every byte before it', async () => {
    const gzip = gzipSync(LARGE, { level: 0 });
    const { bytes, fault } = await read(gzip.subarray(0, 200_000), create());
    expect(fault).toMatchObject({ kind: 'cut', code: 'archive-cut' });
    expect(bytes.length).toBeGreaterThan(199_000);
    expect(bytes.equals(LARGE.subarray(0, bytes.length))).toBe(true);
  });

  it('padding that begins at the border of a block is padding', async () => {
    const gzip = gzipSync(Buffer.from('x'));
    const front = gzipSync(LARGE, { level: 0 });
    const filler = 5 * 65536 - front.length - gzip.length;
    const noise = Buffer.concat([gzipSync(Buffer.alloc(filler - 100, 7), { level: 0 })]);
    const joined = Buffer.concat([front, noise, gzip]);
    for (let extra = 0; extra < 3; extra++) {
      const { fault } = await read(Buffer.concat([joined, Buffer.alloc(70_000 + extra)]), create());
      expect(fault).toBeUndefined();
    }
  });
});

/** CSV as it comes, with what makes long and short matches, near and far. */
const document = fc
  .record({
    words: fc.array(fc.string({ maxLength: 12 }), { minLength: 1, maxLength: 30 }),
    rows: fc.nat(3000),
    seed: fc.nat(),
  })
  .map(({ words, rows, seed }) => {
    let state = seed | 1;
    const next = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % below;
    };
    const lines = Array.from(
      { length: rows },
      () =>
        `${words[next(words.length)]},${next(1000)},${words[next(words.length)]},,${'0'.repeat(next(40))}`,
    );
    return Buffer.from(lines.join('\n'));
  });
const noise = fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array));
const options = fc.record({
  level: fc.constantFrom(0, 1, 6, 9),
  strategy: fc.constantFrom(
    constants.Z_DEFAULT_STRATEGY,
    constants.Z_FIXED,
    constants.Z_HUFFMAN_ONLY,
    constants.Z_RLE,
  ),
  memLevel: fc.constantFrom(1, 8, 9),
  windowBits: fc.constantFrom(9, 12, 15),
});
const member = fc.record({ bytes: fc.oneof(document, noise), options });

/** Both read the same, except that zlib's stream keeps back what it has not handed over before an error. */
async function expectSame(gzip: Buffer, size = 1000): Promise<Outcome> {
  const ours = await read(gzip, new KernelInflater(), size);
  const zlibs = await read(gzip, new StreamInflater(), 100_000);
  expect(ours.fault).toEqual(zlibs.fault);
  if (ours.fault?.kind !== 'reject') expect(ours.bytes.equals(zlibs.bytes)).toBe(true);
  return ours;
}

describe('the kernel says what zlib says', () => {
  it('of whatever zlib compressed, in whatever pieces it arrives', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(member, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(0, 5, 70_000),
        fc.integer({ min: 1, max: 70_000 }),
        async (members, padding, size) => {
          const gzip = [
            ...members.map(({ bytes, options }) => gzipSync(bytes, options)),
            Buffer.alloc(padding),
          ];
          const expected = Buffer.concat(members.map(({ bytes }) => bytes));
          const { bytes, fault } = await read(Buffer.concat(gzip), new KernelInflater(), size);
          expect(fault).toBeUndefined();
          expect(bytes.equals(expected)).toBe(true);
        },
      ),
      { numRuns: 300 * DEPTH },
    );
  });

  it('of damaged, cut and continued gzips: bytes, and fault', async () => {
    const harm = fc.oneof(
      fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
      fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), bit: fc.nat(7) }),
      // The header and the first block's codes are where most of the faults are.
      fc.record({ kind: fc.constant('flip' as const), at: fc.nat(120), bit: fc.nat(7) }),
      fc.record({
        kind: fc.constant('tail' as const),
        bytes: fc.constantFrom('\0\0x', 'x', '\x1f', '\x1f\x8b'),
      }),
    );
    const faults = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(member, { minLength: 1, maxLength: 2 }),
        harm,
        fc.integer({ min: 1, max: 3000 }),
        async (members, harm, size) => {
          let gzip = Buffer.concat(members.map(({ bytes, options }) => gzipSync(bytes, options)));
          if (harm.kind === 'tail') gzip = Buffer.concat([gzip, Buffer.from(harm.bytes, 'latin1')]);
          else if (harm.kind === 'cut') gzip = gzip.subarray(0, harm.at % gzip.length);
          else gzip[harm.at % gzip.length]! ^= 1 << harm.bit;
          const { fault } = await expectSame(gzip, size);
          const said = fault?.detail ?? 'sound';
          faults.set(said, (faults.get(said) ?? 0) + 1);
        },
      ),
      { numRuns: 1500 * DEPTH },
    );
    expect(faults.size).toBeGreaterThan(8);
  });

  it('of deflate that no compressor writes', async () => {
    const random = fc.uint8Array({ minLength: 1, maxLength: 600 }).map((array) => Buffer.from(array));
    const faults = new Set<string>();
    await fc.assert(
      fc.asyncProperty(random, fc.integer({ min: 1, max: 700 }), async (bytes, size) => {
        const { fault } = await expectSame(Buffer.concat([HEADER, bytes]), size);
        faults.add(fault?.detail ?? 'sound');
      }),
      { numRuns: 3000 * DEPTH },
    );
    expect(faults.size).toBeGreaterThan(6);
  });

  it('of every length of a cut, so that everything before it is read', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => `${i},${i * i},name ${i % 7}\n`).join('');
    const gzip = gzipSync(Buffer.from(rows));
    for (let length = 0; length < gzip.length; length++) await expectSame(gzip.subarray(0, length), 17);
  });

  it('of headers with every optional part, sound, damaged and cut', async () => {
    const body = gzipSync(Buffer.from('a,b\n1,2\n')).subarray(10);
    for (let flags = 0; flags < 256; flags++) {
      const parts = [Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3])];
      if (flags & 4) parts.push(Buffer.from(flags & 1 ? [0, 0] : [3, 0, 1, 2, 3]));
      if (flags & 8) parts.push(Buffer.from('name.tar\0'));
      if (flags & 16) parts.push(Buffer.from('comment\0'));
      if (flags & 2) {
        const checksum = Buffer.alloc(2);
        checksum.writeUInt16LE(crc32(Buffer.concat(parts)) & 0xffff);
        parts.push(checksum);
      }
      const gzip = Buffer.concat([...parts, body]);
      const { fault } = await expectSame(gzip, 1 + (flags % 5));
      expect(fault === undefined).toBe(flags < 32);
      const header = gzip.length - body.length;
      for (let at = 0; at < header; at++) {
        const damaged = Buffer.from(gzip);
        damaged[at]! ^= 0x41;
        await expectSame(damaged, 3);
        await expectSame(gzip.subarray(0, at), 3);
      }
    }
  });
});
