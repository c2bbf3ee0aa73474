import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArchiveFault } from '../../../src/archive/archive-fault.js';
import { gunzip } from '../../../src/archive/gunzip.js';
import {
  createInflater,
  DirectInflater,
  type Inflater,
  StreamInflater,
} from '../../../src/archive/inflater.js';
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

const LARGE = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i) & 0xff));

describe.each([
  ['zlib called directly', () => new DirectInflater()],
  ['zlib as a stream', () => new StreamInflater()],
])('%s', (_name, create) => {
  it('gives all bytes of one and of several members, padded or not', async () => {
    const one = gzipSync(LARGE);
    expect(await read(one, create())).toEqual({ bytes: LARGE });
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

describe('gunzip', () => {
  it('uses zlib directly on this Node', () => {
    const inflater = createInflater();
    expect(inflater).toBeInstanceOf(DirectInflater);
    inflater.destroy();
  });

  it('gives the same either way, and however the input is cut: bytes, and fault', async () => {
    const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array));
    const level = fc.constantFrom(0, 1, 9);
    const members = fc.array(fc.record({ bytes, level }), { minLength: 1, maxLength: 3 });
    const harm = fc.oneof(
      fc.constant({ kind: 'none' as const, at: 0 }),
      fc.record({ kind: fc.constantFrom('cut' as const, 'flip' as const), at: fc.nat(1000) }),
    );
    const tail = fc.constantFrom(Buffer.alloc(0), Buffer.alloc(5), Buffer.from('\0\0x'), Buffer.from('x'));
    await fc.assert(
      fc.asyncProperty(
        members,
        harm,
        tail,
        fc.integer({ min: 1, max: 300 }),
        async (parts, { kind, at }, end, size) => {
          const whole = Buffer.concat([
            ...parts.map((part) => gzipSync(part.bytes, { level: part.level })),
            end,
          ]);
          const position = at % whole.length;
          if (kind === 'flip') whole[position]! ^= 4;
          const gzip = kind === 'cut' ? whole.subarray(0, position) : whole;
          const direct = await read(gzip, new DirectInflater(), size);
          const streamed = await read(gzip, new StreamInflater(), 100_000);
          expect(direct.fault).toEqual(streamed.fault);
          // Before an error zlib's stream keeps back what it has not handed over yet.
          if (direct.fault?.kind !== 'reject') expect(direct.bytes).toEqual(streamed.bytes);
          if (kind === 'none' && !end.includes('x')) {
            expect(direct).toEqual({ bytes: Buffer.concat(parts.map((part) => part.bytes)) });
          }
        },
      ),
    );
  });
});
