import { basename } from 'node:path/posix';
import { gunzipSync, gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { packArchive } from '../../archive/pack-archive.js';
import type { Rules } from '../../config/rules.js';
import { TerminalError } from '../../errors.js';
import { archiveId } from '../../ingest/archive-ref.js';
import { readJson } from '../../ingest/documents/json-object.js';
import { inspect } from '../../ingest/extraction/inspect.js';
import { readMember } from '../../ingest/extraction/read-member.js';
import { tableScanRules } from '../../ingest/extraction/table-scan-rules.js';
import type { PartnerDayLayout } from '../../ingest/layout.js';
import { manifestSchema } from '../../ingest/manifest.js';
import type { QuarantinedItem } from '../../ingest/quarantine/quarantine.js';
import { ObjectNotFoundError } from '../../store/errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { type Masking, maskRow } from './mask-values.js';

const HEAD_BYTES = 64 * 1024;
const LARGEST_ROW = 16 * 1024;
const EPOCH = new Date(0);

/** A place of a fault, set aside or not. */
export type FaultyItem = Omit<QuarantinedItem, 'id'>;

export interface ReproduceInput {
  store: ObjectStore;
  layout: PartnerDayLayout;
  item: FaultyItem;
  /** By which the archive was read. */
  rules: Rules;
  masking: Masking;
  call?: CallOptions;
}

/**
 * The smallest archive found in which the same rules find the same fault, with values masked. Every candidate is put to
 * the proof; `undefined` where none of them has the fault, or where the archive is not there any more.
 */
export async function reproduceFault(input: ReproduceInput): Promise<Buffer | undefined> {
  const { item, rules } = input;
  const isOfArchive = item.kind === 'archive' || item.code.startsWith('archive-');
  const candidates = isOfArchive ? archiveCandidates() : memberCandidates(input);
  for await (const candidate of candidates) if (await hasFault(candidate, item, rules)) return candidate;
  return undefined;
}

async function hasFault(candidate: Buffer, { code }: FaultyItem, rules: Rules): Promise<boolean> {
  const { findings } = await inspect({
    name: 'sample.tar.gz',
    bytes: candidate.length,
    open: async function* () {
      yield candidate;
    },
    rules,
    anyName: false,
  });
  return findings.some((finding) => finding.code === code && finding.severity !== 'info');
}

/** Small archives, each broken in one of the ways there are. Nothing of the partner's is in them. */
async function* archiveCandidates(): AsyncGenerator<Buffer> {
  const sound = await packArchive(
    [{ name: 'sample.csv', content: Buffer.from('column\nvalue\n'.repeat(200)) }],
    EPOCH,
  );
  const tar = gunzipSync(sound);
  const flipped = Buffer.from(sound);
  flipped[flipped.length - 6]! ^= 0xff;
  yield Buffer.alloc(0);
  yield Buffer.from('this is no gzip');
  yield sound.subarray(0, sound.length >> 1);
  yield sound.subarray(0, sound.length - 4);
  yield flipped;
  yield gzipSync(tar.subarray(0, tar.length - 1024));
  yield gzipSync(tar.subarray(0, tar.length - 512));
  yield Buffer.concat([sound, Buffer.from('trailing')]);
  yield gzipSync(Buffer.alloc(1024));
}

async function* memberCandidates(input: ReproduceInput): AsyncGenerator<Buffer> {
  const { item, rules, masking } = input;
  const { kind, raw, table = '' } = item;
  const head = await headOf(input);
  if (head === undefined) return;
  const { dialect } = tableScanRules(rules, table);
  const { encoding } = dialect;
  const pack = (content: Buffer) => packArchive([{ name: basename(item.member!), content }], EPOCH);
  const [header = Buffer.alloc(0), ...lines] = linesOf(head, encoding);
  const columns = iconv
    .decode(header, encoding)
    .replace(/[\r\n]+$/, '')
    .split(dialect.delimiter)
    .map((name) => name.replaceAll(dialect.quote, ''));
  if (kind === 'row') {
    if (raw === undefined || raw.length > LARGEST_ROW) return;
    const row = maskRow(raw, columns, dialect, masking);
    for (const end of ['\n', ''])
      yield pack(Buffer.concat([header, encodedRow(row, encoding), iconv.encode(end, encoding)]));
    return;
  }
  const masked = lines.map((line) => {
    if (encoding === 'utf-8') return maskRow(line, columns, dialect, masking);
    const text = Buffer.from(iconv.decode(line, encoding));
    return encodedRow(maskRow(text, columns, dialect, masking), encoding);
  });
  // Where the line is known it is tried before the lines around it; the header is line 1.
  const named = item.line === undefined ? undefined : masked[item.line - 2];
  if (named !== undefined) yield pack(Buffer.concat([header, named]));
  for (const count of [0, 1, 2, 20]) yield pack(Buffer.concat([header, ...masked.slice(0, count)]));
  yield pack(Buffer.concat([header, ...masked]));
}

/** A row in UTF-8, possibly with bytes that are none, as its member was encoded. */
function encodedRow(row: Buffer, encoding: Rules['dialect']['encoding']): Buffer {
  return encoding === 'utf-8' ? row : iconv.encode(row.toString(), encoding);
}

/** Each with its line end. Quotes are not looked at: whatever does not have the fault is not taken. */
function linesOf(bytes: Buffer, encoding: Rules['dialect']['encoding']): Buffer[] {
  const lineFeed = iconv.encode('\n', encoding);
  const lines: Buffer[] = [];
  let from = 0;
  for (;;) {
    let at = bytes.indexOf(lineFeed, from);
    // Of UTF-16 only a match on a whole character is a line feed.
    while (at >= 0 && at % lineFeed.length !== 0) at = bytes.indexOf(lineFeed, at + 1);
    if (at < 0) break;
    lines.push(bytes.subarray(from, at + lineFeed.length));
    from = at + lineFeed.length;
  }
  if (from < bytes.length) lines.push(bytes.subarray(from));
  return lines;
}

/** The first bytes of the member, as the partner sent it; `undefined` where they cannot be had any more. */
async function headOf({ store, layout, item, rules, call }: ReproduceInput): Promise<Buffer | undefined> {
  const { archive, rulesId, member } = item;
  if (rulesId === undefined) return undefined;
  const key = layout.manifest(archiveId(archive), rulesId);
  const manifest = await readJson(store, key, manifestSchema, call);
  const position = item.position ?? manifest?.members.find(({ name }) => name === member)?.position;
  if (position === undefined) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  const sink = {
    write(chunk: Uint8Array) {
      if (length < HEAD_BYTES) chunks.push(Buffer.from(chunk));
      length += chunk.byteLength;
    },
    end() {},
    get enough() {
      return length >= HEAD_BYTES;
    },
  };
  try {
    await readMember(store, archive, position, rules.limits, sink, call);
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return undefined;
    // Replaced, or cut within the member: what was read of it may be enough.
    if (!(error instanceof TerminalError)) throw error;
  }
  return Buffer.concat(chunks).subarray(0, HEAD_BYTES);
}
