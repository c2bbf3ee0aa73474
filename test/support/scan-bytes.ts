import type { z } from 'zod';
import { type Rules, rulesSchema } from '../../src/config/rules.js';
import type { CreateMemberScan, MemberProfile, QuarantinedRow } from '../../src/csv/member-scan.js';
import { type ScannedArchive, scanArchive } from '../../src/ingest/extraction/scan-archive.js';
import { tableScanRules } from '../../src/ingest/extraction/table-scan-rules.js';
import { crc32 } from '../../src/store/crc32.js';

export type RulesInput = Partial<z.input<typeof rulesSchema>>;

export function rulesFrom(input: RulesInput = {}): Rules {
  return rulesSchema.parse({ tables: {}, ...input });
}

/** Collects what is written to it. */
export class Collected {
  crc = 0;
  readonly chunks: Buffer[] = [];

  write(bytes: Uint8Array): void {
    this.crc = crc32(bytes, this.crc);
    this.chunks.push(Buffer.from(bytes));
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  get text(): string {
    return this.bytes.toString();
  }
}

export interface Scanned extends ScannedArchive<Collected> {
  /** Rows of each usable member, by name. */
  readonly rows: Record<string, string>;
  readonly quarantined: { member: string; code: string; row: number; line: number; raw?: string }[];
  readonly codes: string[];
}

/** Scans an archive held in memory, in chunks of `chunkBytes`. */
export async function scanBytes(
  archive: Buffer,
  options: { rules?: RulesInput; date?: string; chunkBytes?: number } = {},
): Promise<Scanned> {
  const { chunkBytes = 64 * 1024, date = '2026-01-31' } = options;
  const quarantined: Scanned['quarantined'] = [];
  const scanned = await scanArchive<Collected>({
    source: chunked(archive, chunkBytes),
    rules: rulesFrom(options.rules),
    date,
    sinks: {
      rows: () => new Collected(),
      quarantined: (member, { code, row, line, raw }) =>
        quarantined.push({ member, code, row, line, ...(raw ? { raw: Buffer.from(raw).toString() } : {}) }),
      settle: async () => {},
    },
  });
  const rows: Record<string, string> = {};
  for (const { record, rows: sink } of scanned.members) {
    if (record.outcome === 'loaded') rows[record.name] = sink?.text ?? '';
  }
  return { ...scanned, rows, quarantined, codes: scanned.findings.map(({ code }) => code) };
}

export async function* chunked(bytes: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

export interface ScannedMember extends MemberProfile {
  readonly text: string;
  readonly quarantined: (QuarantinedRow & { raw?: Buffer })[];
  readonly codes: string[];
}

/** Scans one CSV held in memory; `cuts`: where its chunks end. */
export function scanCsv(
  create: CreateMemberScan,
  csv: string | Buffer,
  options: { rules?: RulesInput; table?: string; cuts?: readonly number[] } = {},
): ScannedMember {
  const bytes = Buffer.from(csv);
  const rules = rulesFrom(options.rules);
  const sink = new Collected();
  const quarantined: ScannedMember['quarantined'] = [];
  const scan = create({
    member: 'm.csv',
    table: tableScanRules(rules, options.table ?? 't'),
    limits: rules.limits,
    rows: sink,
    quarantine: {
      row: ({ raw, ...row }) => quarantined.push({ ...row, ...(raw ? { raw: Buffer.from(raw) } : {}) }),
    },
  });
  let at = 0;
  for (const cut of [...new Set(options.cuts ?? [])].sort((a, b) => a - b)) {
    if (cut <= at || cut > bytes.length) continue;
    // A copy of its own each: the scanner must not read beyond, nor keep what it was lent.
    const chunk = Uint8Array.prototype.slice.call(bytes, at, cut);
    scan.write(chunk);
    chunk.fill(0xff);
    at = cut;
  }
  scan.write(bytes.subarray(at));
  const profile = scan.end();
  const codes = [...profile.findings, ...(profile.rejected ? [profile.rejected] : [])].map(
    ({ code }) => code,
  );
  return { ...profile, text: sink.text, quarantined, codes };
}
