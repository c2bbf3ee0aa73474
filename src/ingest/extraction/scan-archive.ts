import { createHash } from 'node:crypto';
import { reject } from '../../archive/archive-fault.js';
import { type MemberName, MemberNamePattern } from '../../archive/member-name.js';
import { judgeMemberPath } from '../../archive/member-path.js';
import {
  type ArchiveEntry,
  type ArchiveReading,
  type EntryConsumer,
  readArchive,
} from '../../archive/read-archive.js';
import type { Rules } from '../../config/rules.js';
import { createKernelMemberScan } from '../../csv/kernel/kernel-member-scan.js';
import type { CreateMemberScan, MemberProfile, QuarantinedRow, RowSink } from '../../csv/member-scan.js';
import type { Finding, FindingCode } from '../../quality/finding.js';
import { crc32 } from '../../store/crc32.js';
import type { Manifest, ManifestMember } from '../manifest.js';
import { MemberTwins } from '../planning/member-twins.js';
import { FindingLog } from './finding-log.js';
import { contentOf } from './member-content.js';
import { MemberReading, type OpenMember, setAside } from './member-reading.js';
import { MEMBER_BYTES } from './segment-writer.js';

/** Where the scan of an archive puts what it finds. `R`: what a member's rows are written to. */
export interface ScanSinks<R extends RowSink> {
  /** Called when a member's header is known, before its first row. Members follow one another. */
  rows(table: string, header: readonly string[]): R;
  quarantined(member: string, row: QuarantinedRow): void;
  /** Awaited between chunks: back-pressure. */
  settle(): Promise<void>;
}

export interface ScanArchiveOptions<R extends RowSink> {
  readonly source: AsyncIterable<Uint8Array>;
  readonly rules: Rules;
  /** `YYYY-MM-DD`: members of another date are skipped. Absent: any date will do. */
  readonly date?: string;
  readonly sinks: ScanSinks<R>;
  /** Whether members get a SHA-256 of their bytes; for people and their tools, nothing here needs it. Default: no. */
  readonly hashMembers?: boolean;
  /** Default: the kernel. */
  readonly createMemberScan?: CreateMemberScan;
  /** What a member's path says, instead of what the pattern in the rules makes of it. */
  readonly nameMember?: (path: string) => MemberName | undefined;
  readonly onProgress?: (at: ScanProgress) => void;
}

export interface ScanProgress {
  /** Bytes of the archive read. */
  readonly bytes: number;
  readonly members: number;
}

export interface ScannedMember<R> {
  readonly record: ManifestMember;
  /** Present when rows of it may be used. */
  readonly rows?: R;
}

export interface ScannedArchive<R> extends Pick<ArchiveReading, 'bytes' | 'sha256' | 'uncompressedBytes'> {
  readonly outcome: Manifest['outcome'];
  readonly headers: readonly (readonly string[])[];
  readonly members: readonly ScannedMember<R>[];
  readonly findings: readonly Finding[];
}

/**
 * Reads one archive from its first byte to its last and scans every member that belongs to the day. Knows no store:
 * extraction and inspection differ in their sinks alone.
 */
export async function scanArchive<R extends RowSink>(
  options: ScanArchiveOptions<R>,
): Promise<ScannedArchive<R>> {
  const scan = new ArchiveScan(options);
  const reading = await readArchive(options.source, options.rules.limits, {
    entry: (entry) => scan.entry(entry),
    other: (kind, name) => scan.other(kind, name),
    settle: () => options.sinks.settle(),
    progress: (bytes) => scan.progress(bytes),
  });
  return scan.finish(reading);
}

/** No real archive comes near; one that is made to would fill the memory. */
const COLUMNS = 2_000_000;
const HEADER_BYTES = 32 * 1024 * 1024;
const COLUMN_BYTES = 48;
const NAME_BYTES = 32 * 1024 * 1024;
const PROGRESS_BYTES = 1024 * 1024;
const IGNORED = /(^|\/)(\._[^/]*|\.DS_Store)$|(^|\/)__MACOSX\//;
const NESTED = /\.(tar|tgz|gz|zip|bz2|xz|zst|7z|rar)$/i;

class ArchiveScan<R extends RowSink> {
  readonly #options: ScanArchiveOptions<R>;
  readonly #pattern: MemberNamePattern;
  readonly #create: CreateMemberScan;
  readonly #headers: string[][] = [];
  readonly #headerIndex = new Map<string, number>();
  readonly #members: OpenMember<R>[] = [];
  readonly #twins = new MemberTwins();
  readonly #log = new FindingLog();
  readonly #unknownTables = new Set<string>();
  /** Of all members, and memory of all different headers: all kept until the manifest is written. */
  #nameBytes = 0;
  #columns = 0;
  #headerBytes = 0;
  #open: OpenMember<R> | undefined;
  #reported = 0;

  constructor(options: ScanArchiveOptions<R>) {
    this.#options = options;
    this.#pattern = new MemberNamePattern(options.rules.members);
    this.#create = options.createMemberScan ?? createKernelMemberScan;
  }

  entry(entry: ArchiveEntry): EntryConsumer {
    this.#nameBytes += entry.name.byteLength;
    if (this.#nameBytes > NAME_BYTES)
      throw reject('archive-limit', `the names of its members have more than ${NAME_BYTES} bytes in all`);
    const path = judgeMemberPath(entry.name);
    if (path.kind === 'hostile')
      throw reject('archive-hostile', `member "${path.printable}" has ${path.reason}`);
    const skip = (code: FindingCode, severity: Finding['severity'], detail: string, name?: MemberName) => {
      this.#find(code, severity, detail, path.printable);
      return this.#passOver(entry, path.printable, 'skipped', name);
    };
    if (path.kind === 'unusable') return skip('member-unmatched-name', 'warning', path.reason);
    if (IGNORED.test(path.path)) return skip('member-ignored', 'info', 'a file of the operating system');
    const { pattern } = this.#options.rules.members;
    const nested = NESTED.exec(path.path);
    if (nested && !pattern.endsWith(nested[0])) {
      return skip('member-nested-archive', 'warning', 'an archive inside the archive; it is not opened');
    }
    const name = this.#parse(path.path);
    if (name === undefined) return skip('member-unmatched-name', 'warning', `does not match ${pattern}`);
    if (name.date !== undefined && this.#options.date !== undefined && name.date !== this.#options.date) {
      return skip('member-other-date', 'warning', `is dated ${name.date}, not ${this.#options.date}`, name);
    }
    return this.#ofTable(entry, path, name);
  }

  other(kind: 'directory' | 'link' | 'device', name: Uint8Array): void {
    const path = judgeMemberPath(name);
    if (path.kind === 'hostile')
      throw reject('archive-hostile', `${kind} "${path.printable}" has ${path.reason}`);
    if (kind !== 'directory') this.#find('member-ignored', 'info', `a ${kind}, not a file`, path.printable);
  }

  progress(bytes: number): void {
    if (bytes - this.#reported < PROGRESS_BYTES) return;
    this.#reported = bytes;
    this.#options.onProgress?.({ bytes, members: this.#members.length });
  }

  finish(reading: ArchiveReading): ScannedArchive<R> {
    const outcome = this.#judge(reading);
    this.#settleTwins();
    if (outcome === 'rejected') for (const member of this.#members) setAside(member);
    else if (reading.entries === 0 || this.#members.length === 0) {
      this.#log.add({ code: 'archive-no-members', severity: 'warning', detail: 'no file in the archive' });
    }
    const { bytes, sha256, uncompressedBytes } = reading;
    this.#options.onProgress?.({ bytes, members: this.#members.length });
    return {
      outcome,
      bytes,
      sha256,
      uncompressedBytes,
      headers: this.#headers,
      members: this.#members,
      findings: this.#log.findings(),
    };
  }

  #judge({ fault, endMarker }: ArchiveReading): Manifest['outcome'] {
    const broken = this.#options.rules.members.onBrokenArchive === 'reject' ? 'rejected' : 'salvaged';
    if (fault) {
      const { code, detail, offset } = fault;
      this.#log.add({ code, severity: 'error', detail, ...(offset === undefined ? {} : { offset }) });
      if (this.#open) {
        this.#find(
          code,
          'error',
          'the archive ends within this member',
          this.#open.record.name,
          this.#open.record.table,
        );
        this.#members.push(this.#open);
        setAside(this.#open);
      }
      return fault.kind === 'cut' ? broken : 'rejected';
    }
    if (endMarker === 'marker') return 'whole';
    if (endMarker === 'one-block') {
      const detail = 'ends with one zero block instead of two';
      this.#log.add({ code: 'archive-one-zero-block', severity: 'warning', detail });
      return 'whole';
    }
    const detail = 'the tar has no end marker; there is no telling whether members are missing';
    this.#log.add({ code: 'archive-no-end-marker', severity: 'error', detail });
    return broken;
  }

  #parse(path: string): MemberName | undefined {
    const { nameMember } = this.#options;
    if (nameMember) return nameMember(path);
    const { tables } = this.#options.rules;
    const ofToday = ({ date }: MemberName) => date === undefined || date === this.#options.date;
    return (
      this.#pattern.parse(path, (name) => ofToday(name) && Object.hasOwn(tables, name.table)) ?? undefined
    );
  }

  #ofTable(entry: ArchiveEntry, path: { path: string; printable: string }, name: MemberName): EntryConsumer {
    const { rules } = this.#options;
    const { table } = name;
    if (!Object.hasOwn(rules.tables, table)) {
      const mode = rules.contract.tables;
      if (mode === 'discard' || mode === 'quarantine') {
        const detail = `belongs to table ${JSON.stringify(table)}, which is not configured (contract: ${mode})`;
        this.#find('member-unknown-table', mode === 'discard' ? 'warning' : 'error', detail, path.printable);
        return this.#passOver(entry, path.printable, mode === 'discard' ? 'skipped' : 'quarantined', name);
      }
      if (Object.keys(rules.tables).length > 0 && !this.#unknownTables.has(table)) {
        this.#unknownTables.add(table);
        const detail = `belongs to table ${JSON.stringify(table)}, which is not configured`;
        this.#find('member-unknown-table', 'info', detail, path.printable, table);
      }
    }
    if (entry.size > MEMBER_BYTES) {
      this.#find(
        'member-limit',
        'error',
        `${entry.size} bytes; the most is ${MEMBER_BYTES}`,
        path.printable,
        table,
      );
      return this.#passOver(entry, path.printable, 'quarantined', name);
    }
    return this.#scan(entry, path, name);
  }

  /** Reads a member for its size and checksums only. */
  #passOver(
    entry: ArchiveEntry,
    name: string,
    outcome: 'skipped' | 'quarantined',
    said?: MemberName,
  ): EntryConsumer {
    const record: ManifestMember = { ...newRecord(entry, name, said), outcome };
    const hash = this.#options.hashMembers ? createHash('sha256') : undefined;
    return {
      get crc32() {
        return record.crc32;
      },
      write: (chunk) => {
        record.crc32 = crc32(chunk, record.crc32);
        record.bytes += chunk.byteLength;
        hash?.update(chunk);
      },
      end: () => {
        if (hash) record.sha256 = hash.digest('hex');
        this.#members.push({ record });
      },
    };
  }

  #scan(entry: ArchiveEntry, path: { path: string; printable: string }, said: MemberName): EntryConsumer {
    const { rules, sinks } = this.#options;
    const member: OpenMember<R> = { record: newRecord(entry, path.printable, said) };
    const { record } = member;
    const reading = new MemberReading(member, {
      table: said.table,
      rules,
      createMemberScan: this.#create,
      hash: this.#options.hashMembers ?? false,
      rows: (header) => sinks.rows(said.table, header),
      quarantined: (row) => sinks.quarantined(path.printable, row),
    });
    this.#open = member;
    return {
      get crc32() {
        return reading.crc32;
      },
      write: (chunk) => reading.write(chunk),
      end: () => {
        this.#open = undefined;
        this.#take(member, reading.end());
        this.#members.push(member);
        this.#twins.add(
          path.path,
          this.#members.length - 1,
          (index) => contentOf(this.#members[index]!.record) === contentOf(record),
        );
      },
    };
  }

  #take({ record }: OpenMember<R>, { header, findings, rejected }: MemberProfile): void {
    for (const finding of findings) this.#log.add(finding);
    if (rejected) this.#log.add(rejected);
    if (!header) return;
    this.#columns += header.length;
    record.header = this.#indexOf(header);
    if (this.#columns > COLUMNS || this.#headerBytes > HEADER_BYTES) {
      throw reject('archive-limit', 'its members have more columns in all than fit into memory');
    }
  }

  #indexOf(header: readonly string[]): number {
    const key = JSON.stringify(header);
    let index = this.#headerIndex.get(key);
    if (index === undefined) {
      index = this.#headers.push([...header]) - 1;
      this.#headerBytes += key.length + COLUMN_BYTES * header.length;
      this.#headerIndex.set(key, index);
    }
    return index;
  }

  /** The same name with the same bytes counts once; with other bytes nobody knows which is meant. */
  #settleTwins(): void {
    for (const { indices, same } of this.#twins.repeated()) {
      for (const index of same ? indices.slice(1) : indices) {
        const member = this.#members[index]!;
        const { name, table } = member.record;
        if (same) {
          this.#find(
            'member-duplicate',
            'warning',
            'is in the archive twice, with the same bytes',
            name,
            table,
          );
          member.record.outcome = 'duplicate';
          delete member.rows;
        } else {
          const detail = `is in the archive ${indices.length} times, with different bytes`;
          this.#find('member-ambiguous', 'error', detail, name, table);
          setAside(member);
        }
      }
    }
    for (const { first, second } of this.#twins.unicodeTwins()) {
      const { name, table } = this.#members[second]!.record;
      const detail = `looks like "${this.#members[first]!.record.name}" but is written with other code points; both are kept`;
      this.#find('member-unicode-twins', 'warning', detail, name, table);
    }
  }

  #find(
    code: FindingCode,
    severity: Finding['severity'],
    detail: string,
    member: string,
    table?: string | undefined,
  ): void {
    this.#log.add({ code, severity, detail, ...(table === undefined ? {} : { table }), member });
  }
}

function newRecord({ position }: ArchiveEntry, name: string, said: MemberName | undefined): ManifestMember {
  return {
    position,
    name,
    outcome: 'loaded',
    ...(said ? { table: said.table } : {}),
    ...(said?.batch === undefined ? {} : { batch: said.batch }),
    bytes: 0,
    crc32: 0,
    rows: 0,
    rowsQuarantined: 0,
  };
}
