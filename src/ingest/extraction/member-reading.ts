import { createHash, type Hash } from 'node:crypto';
import type { Rules } from '../../config/rules.js';
import type { CreateMemberScan, MemberProfile, QuarantinedRow, RowSink } from '../../csv/member-scan.js';
import { crc32 } from '../../store/crc32.js';
import { DerivedCrc } from '../../store/derived-crc.js';
import type { ManifestMember } from '../manifest.js';
import { tableScanRules } from './table-scan-rules.js';

/** A member and, once its header is known, what its rows are written to. */
export interface OpenMember<R> {
  record: ManifestMember;
  rows?: R;
}

export interface MemberReadingOptions<R extends RowSink> {
  readonly table: string;
  readonly rules: Rules;
  readonly createMemberScan: CreateMemberScan;
  /** Whether the record carries a SHA-256 of the bytes. */
  readonly hash: boolean;
  /** Called when the header is known, before the first row. */
  rows(header: readonly string[]): R;
  quarantined(row: QuarantinedRow): void;
}

/** Most bytes of an unfinished row that are looked at just to know a checksum early. */
const HELD_BYTES = 64 * 1024;

/** Reads the bytes of one CSV once: size, checksums and everything a scan says of it end up in the member's record. */
export class MemberReading<R extends RowSink> {
  readonly #member: OpenMember<R>;
  readonly #hash: Hash | undefined;
  readonly #crc = new DerivedCrc();
  readonly #scan: ReturnType<CreateMemberScan>;

  constructor(member: OpenMember<R>, options: MemberReadingOptions<R>) {
    this.#member = member;
    this.#hash = options.hash ? createHash('sha256') : undefined;
    const { rules, table } = options;
    this.#scan = options.createMemberScan({
      member: member.record.name,
      table: tableScanRules(rules, table),
      limits: rules.limits,
      rows: { write: (rows) => this.#write(rows) },
      onPassed: (bytes) => this.#crc.passed(bytes),
      quarantine: { row: (row) => options.quarantined(row) },
      onHeader: (header) => {
        member.rows = options.rows(header);
      },
    });
  }

  /** The chunk is only read during the call. */
  write(chunk: Uint8Array): void {
    const { record } = this.#member;
    record.bytes += chunk.byteLength;
    this.#hash?.update(chunk);
    this.#scan.write(chunk);
  }

  /** CRC32 of all bytes written; `undefined` where a long row would have to be looked at for it. */
  get crc32(): number | undefined {
    const { held } = this.#scan;
    return held.byteLength > HELD_BYTES ? undefined : crc32(held, this.#crc.value);
  }

  /** Exactly once, after the last chunk. The header is left to the caller, who knows how headers are shared. */
  end(): MemberProfile {
    const { record } = this.#member;
    if (this.#hash) record.sha256 = this.#hash.digest('hex');
    const profile = this.#scan.end();
    record.crc32 = this.#crc.value;
    record.rows = profile.rows;
    record.rowsQuarantined = profile.rowsQuarantined;
    if (profile.rejected) setAside(this.#member);
    else {
      record.nulls = [...profile.nulls];
      record.types = [...profile.types];
      if (profile.checkpoints.length > 0) record.checkpoints = [...profile.checkpoints];
    }
    return profile;
  }

  #write(rows: Uint8Array): void {
    const sink = this.#member.rows!;
    const before = sink.crc;
    sink.write(rows);
    if (before !== undefined) this.#crc.known(rows, before, sink.crc!);
  }
}

/** None of its rows may be used. */
export function setAside<R>(member: OpenMember<R>): void {
  const { record } = member;
  if (record.outcome === 'skipped') return;
  record.outcome = 'quarantined';
  record.rowsQuarantined = record.rows;
  delete record.nulls;
  delete record.types;
  delete record.checkpoints;
  delete member.rows;
}
