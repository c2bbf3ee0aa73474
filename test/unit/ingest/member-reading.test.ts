import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { expect, it } from 'vitest';
import { partnerConfigSchema } from '../../../src/config/partner-config.js';
import { rulesOf } from '../../../src/config/rules-of.js';
import { createByteMemberScan } from '../../../src/csv/byte-member-scan.js';
import { createKernelMemberScan } from '../../../src/csv/kernel/kernel-member-scan.js';
import { MemberReading, type OpenMember } from '../../../src/ingest/extraction/member-reading.js';
import { crc32 as crcOf } from '../../../src/store/crc32.js';

class Rows {
  crc = 0;
  readonly written: Buffer[] = [];
  write(rows: Uint8Array): void {
    this.crc = crcOf(rows, this.crc);
    this.written.push(Buffer.from(rows));
  }
}

const row = fc.oneof(
  { weight: 20, arbitrary: fc.tuple(fc.integer(), fc.constantFrom('x', 'long text '.repeat(40), '"a,""b"')) },
  { weight: 1, arbitrary: fc.constantFrom(['short'], ['1', '2', '3'], ['\u0000', 'x'], ['"open', 'x']) },
);

it.each([
  ['utf-8', createByteMemberScan],
  ['utf-8', createKernelMemberScan],
  ['utf-16le', createKernelMemberScan],
] as const)(
  'the CRC32 of a member (%s) is that of its bytes, whatever became of its rows',
  (encoding, create) => {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 200 }),
        fc.constantFrom('\n', '\r\n'),
        fc.constantFrom('', '\ufeff'),
        fc.constantFrom('a,b', 'a,a', ''),
        fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 5 }),
        (rows, lineEnd, bom, header, cuts) => {
          const text = bom + [header, ...rows.map((cells) => cells.join(','))].join(lineEnd);
          const bytes =
            encoding === 'utf-8' ? Buffer.from(text) : iconv.encode(text, encoding, { addBOM: true });
          const { rules } = rulesOf(partnerConfigSchema.parse({ id: 'acme', dialect: { encoding } }));
          const sink = new Rows();
          const member: OpenMember<Rows> = {
            record: {
              position: 0,
              name: 'm',
              outcome: 'loaded',
              bytes: 0,
              crc32: 0,
              rows: 0,
              rowsQuarantined: 0,
            },
          };
          const reading = new MemberReading(member, {
            table: 't',
            rules,
            createMemberScan: create,
            hash: false,
            rows: () => sink,
            quarantined: () => {},
          });
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const end = Math.min(bytes.length, at + cuts[turn % cuts.length]!);
            // Whoever hands chunks over uses their memory again.
            const chunk = Buffer.from(bytes.subarray(at, end));
            reading.write(chunk);
            chunk.fill(0x2a);
            at = end;
            // A rejected member may hold a row that is longer than what is looked at.
            if (reading.crc32 !== undefined) expect(reading.crc32).toBe(crc32(bytes.subarray(0, end)));
          }
          reading.end();
          expect(member.record.bytes).toBe(bytes.length);
          expect(member.record.crc32).toBe(crc32(bytes));
          expect(sink.crc).toBe(crc32(Buffer.concat(sink.written)));
        },
      ),
      { numRuns: 150 },
    );
  },
);
