import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { gunzip } from '../../../src/archive/gunzip.js';
import { StreamInflater } from '../../../src/archive/inflate/stream-inflater.js';
import { chunked, scanBytes } from '../../support/scan-bytes.js';
import { tar, tarFile } from '../../support/tar-builder.js';

const rows = fc
  .record({ count: fc.nat(4000), long: fc.boolean() })
  .map(({ count, long }) =>
    Array.from({ length: count }, (_, i) => `${i},${long ? 'x'.repeat(i % 700) : i * i}\n`).join(''),
  );
/** Members that are read, set aside, refused by their header, skipped by their name: all are part of the gzip. */
const member = fc.record({
  header: fc.constantFrom('id,x\n', '\ufeffid,x\n', 'id,id\n', '', 'id,x\r\n'),
  rows,
  end: fc.constantFrom('', '1,2,3\n', '"open', '5,"a\n""b"\n', `${'y'.repeat(70_000)}`, '\0'),
  name: fc.constantFrom('t_20260131_', 'u_20260131_', 't_20250101_', 'notes-'),
});
const archive = fc.record({
  members: fc.array(member, { minLength: 1, maxLength: 5 }),
  cuts: fc.array(fc.nat(), { maxLength: 3 }),
  chunkBytes: fc.integer({ min: 100, max: 70_000 }),
});

/** The tar as several gzips, cut anywhere; stored, so that nothing but the checksum can find a changed byte. */
function pack({ members, cuts }: typeof archive extends fc.Arbitrary<infer A> ? A : never): Buffer {
  const files = members.map(({ name, header, rows, end }, i) =>
    tarFile(`${name}${i}.csv`, header + rows + end),
  );
  const whole = tar(...files);
  const at = [0, ...cuts.map((cut) => cut % whole.length).sort((a, b) => a - b), whole.length];
  return Buffer.concat(at.slice(1).map((end, i) => gzipSync(whole.subarray(at[i], end), { level: 0 })));
}

/** The time of a header, say, is covered by no checksum. */
async function isSoundToZlib(gzip: Buffer): Promise<boolean> {
  try {
    for await (const _ of gunzip(chunked(gzip, 1000), new StreamInflater()));
    return true;
  } catch {
    return false;
  }
}

it('the checksum of a gzip that is derived from those of its members is that of its bytes', async () => {
  await fc.assert(
    fc.asyncProperty(archive, async (made) => {
      const { codes } = await scanBytes(pack(made), { chunkBytes: made.chunkBytes });
      expect(codes).not.toContain('archive-corrupt');
    }),
    { numRuns: 150 },
  );
});

it('a byte that changed inside a gzip is found, whatever became of the member it is in', async () => {
  await fc.assert(
    fc.asyncProperty(archive, fc.nat(), async (made, at) => {
      const gzip = pack(made);
      const damaged = Buffer.from(gzip);
      damaged[at % gzip.length]! ^= 0x10;
      const { outcome, rows } = await scanBytes(damaged, { chunkBytes: made.chunkBytes });
      expect(outcome === 'rejected').toBe(!(await isSoundToZlib(damaged)));
      if (outcome === 'rejected') expect(rows).toEqual({});
    }),
    { numRuns: 300 },
  );
});
