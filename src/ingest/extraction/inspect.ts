import { basename, extname } from 'node:path/posix';
import { escapeText } from '../../archive/escape-text.js';
import { isGzip, MAGIC_BYTES, nameContainer } from '../../archive/magic.js';
import type { Rules } from '../../config/rules.js';
import { createKernelMemberScan } from '../../csv/kernel/kernel-member-scan.js';
import type { RowSink } from '../../csv/member-scan.js';
import type { Finding, FindingCode } from '../../quality/finding.js';
import { renderFinding } from '../../quality/render-finding.js';
import type { ManifestMember } from '../manifest.js';
import { MemberReading, type OpenMember } from './member-reading.js';
import { type ScannedArchive, type ScanProgress, scanArchive } from './scan-archive.js';

export interface InspectOptions {
  /** File name or key: says whether something that is no gzip is meant to be an archive, and a CSV's name. */
  readonly name: string;
  /** Size of the file. */
  readonly bytes: number;
  open(): AsyncIterable<Uint8Array>;
  readonly rules: Rules;
  /** Whatever a member is called, it is one; its table is its name without the extension. */
  readonly anyName: boolean;
  readonly onProgress?: (at: ScanProgress) => void;
}

/**
 * What extraction would make of an archive, or of one CSV.
 * `accept`: an archive would be committed whole, and something of it loaded unless there is nothing to load (members and
 * rows set aside within it are findings); of a CSV every row would be loaded. `limit`: something in it is too large or
 * too many. `reject`: refused for anything else.
 */
export interface Inspection {
  readonly kind: 'archive' | 'csv';
  readonly verdict: 'accept' | 'reject' | 'limit';
  /** One sentence; `null` when accepted. */
  readonly reason: string | null;
  /** The finding behind it. */
  readonly code: FindingCode | null;
  /** Bytes read. */
  readonly bytes: number;
  /** Of these bytes, hex; empty when nothing was read. */
  readonly sha256: string;
  readonly members: readonly ManifestMember[];
  /** `ManifestMember.header` points here. */
  readonly headers: readonly (readonly string[])[];
  readonly findings: readonly Finding[];
}

const NO_ROWS: RowSink = { write() {} };
const ARCHIVE_NAME = /\.(tar|tgz|gz|zip|bz2|xz|zst|7z|rar)$/i;

/** Reads the file once, to its end, in bounded memory; nothing is written anywhere. */
export async function inspect(options: InspectOptions): Promise<Inspection> {
  const { rules, bytes } = options;
  if (bytes > rules.limits.archiveBytes) return tooLarge(options);
  const source = await peeked(options.open());
  try {
    return isArchive(options.name, source.head)
      ? await inspectArchive(source.bytes, options)
      : await inspectCsv(source.bytes, options);
  } finally {
    await source.close();
  }
}

/** `orders_20260131_1.csv` is table `orders_20260131_1`. */
function tableOfStem(path: string): string {
  const file = basename(path);
  return file.slice(0, file.length - extname(file).length);
}

async function inspectArchive(
  source: AsyncIterable<Uint8Array>,
  { rules, anyName, onProgress }: InspectOptions,
): Promise<Inspection> {
  const scanned = await scanArchive({
    source,
    rules,
    sinks: { rows: () => NO_ROWS, quarantined() {}, settle: async () => {} },
    hashMembers: true,
    ...(anyName ? { nameMember: (path: string) => ({ table: tableOfStem(path) }) } : {}),
    ...(onProgress ? { onProgress } : {}),
  });
  const { bytes, sha256, headers, findings } = scanned;
  const members = scanned.members.map(({ record }) => record);
  return {
    kind: 'archive',
    ...verdictOn(scanned, members),
    bytes,
    sha256,
    members,
    headers,
    findings,
  };
}

function verdictOn(
  { outcome, findings }: Pick<ScannedArchive<RowSink>, 'outcome' | 'findings'>,
  members: readonly ManifestMember[],
): Verdict {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const loaded = members.filter((member) => member.outcome === 'loaded').length;
  if (outcome !== 'whole') {
    const fault = errors.find(({ member }) => member === undefined)!;
    const kept =
      outcome === 'salvaged'
        ? ` (${loaded} whole ${loaded === 1 ? 'member' : 'members'} before it would be loaded)`
        : '';
    return refused(fault, `${renderFinding(fault)}${kept}`);
  }
  const limit = errors.find(isLimit);
  if (limit) return refused(limit, renderFinding(limit));
  // What loads in part is accepted, what loads not at all is not.
  const first = errors[0];
  const nothing = loaded === 0 && members.some((member) => member.outcome === 'quarantined');
  return nothing && first ? refused(first, renderFinding(first)) : ACCEPTED;
}

async function inspectCsv(
  source: AsyncIterable<Uint8Array>,
  { name, rules, onProgress }: InspectOptions,
): Promise<Inspection> {
  const file = escapeText(basename(name));
  const table = tableOfStem(file);
  const member: OpenMember<RowSink> = {
    record: {
      position: 0,
      name: file,
      table,
      outcome: 'loaded',
      bytes: 0,
      crc32: 0,
      rows: 0,
      rowsQuarantined: 0,
    },
  };
  const { record } = member;
  const reading = new MemberReading(member, {
    table,
    rules,
    createMemberScan: createKernelMemberScan,
    hash: true,
    rows: () => NO_ROWS,
    quarantined() {},
  });
  for await (const chunk of source) {
    reading.write(chunk);
    onProgress?.({ bytes: record.bytes, members: 0 });
  }
  const { header, findings, rejected } = reading.end();
  if (header) record.header = 0;
  const aside = findings.find(({ severity }) => severity === 'error');
  const share = `${record.rowsQuarantined} of ${record.rows} rows would be set aside`;
  return {
    kind: 'csv',
    ...(rejected
      ? refused(rejected, renderFinding(rejected))
      : aside
        ? refused(aside, `${share}, first ${renderFinding({ ...aside, count: 1 })}`)
        : ACCEPTED),
    bytes: record.bytes,
    sha256: record.sha256!,
    members: [record],
    headers: header ? [header] : [],
    findings: rejected ? [...findings, rejected] : findings,
  };
}

type Verdict = Pick<Inspection, 'verdict' | 'reason' | 'code'>;

const ACCEPTED: Verdict = { verdict: 'accept', reason: null, code: null };

function refused(finding: Finding, reason: string): Verdict {
  return { verdict: isLimit(finding) ? 'limit' : 'reject', reason, code: finding.code };
}

function isLimit({ code }: Finding): boolean {
  return code.endsWith('-limit');
}

function tooLarge({ bytes, rules }: InspectOptions): Inspection {
  const detail = `${bytes} bytes; limits.archiveBytes is ${rules.limits.archiveBytes}`;
  const finding: Finding = { code: 'archive-limit', severity: 'error', detail };
  return {
    kind: 'archive',
    ...refused(finding, renderFinding(finding)),
    bytes: 0,
    sha256: '',
    members: [],
    headers: [],
    findings: [finding],
  };
}

function isArchive(name: string, head: Uint8Array): boolean {
  return isGzip(head) || nameContainer(head) !== undefined || ARCHIVE_NAME.test(name);
}

interface Peeked {
  head: Uint8Array;
  /** All of it, what was peeked at included. */
  bytes: AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

async function peeked(source: AsyncIterable<Uint8Array>): Promise<Peeked> {
  const iterator = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let done = false;
  while (!done && head.byteLength < MAGIC_BYTES) {
    const next = await iterator.next();
    done = next.done === true;
    if (!next.done) head = Buffer.concat([head, next.value]);
  }
  return {
    head,
    bytes: (async function* () {
      if (head.byteLength > 0) yield head;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    })(),
    close: async () => void (await iterator.return?.()),
  };
}
