import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinColumnTypes, typeOfValue } from '../../src/csv/column-type.js';
import { type ArchiveRef, archiveId } from '../../src/ingest/archive-ref.js';
import { PartnerDayLayout } from '../../src/ingest/layout.js';
import type { ColumnType, Manifest, ManifestMember } from '../../src/ingest/manifest.js';
import type { Finding } from '../../src/quality/finding.js';
import { crc32 } from '../../src/store/crc32.js';
import { FileStore } from '../../src/store/file/file-store.js';
import type { MultipartLimits, ObjectStore } from '../../src/store/object-store.js';
import { putOnce } from '../../src/store/put-once.js';

export const PARTNER = 'acme';
export const DATE = '2026-11-21';
export const RULES = '0123456789abcdef';
export const layout = new PartnerDayLayout(PARTNER, DATE);

export interface MemberSpec {
  name: string;
  table?: string;
  header?: string[];
  rows?: string[][];
  outcome?: ManifestMember['outcome'];
  /** Rows read besides `rows`, and set aside. */
  quarantined?: number;
}

export interface ArchiveSpec {
  source?: string;
  name: string;
  members: MemberSpec[];
  outcome?: Manifest['outcome'];
  /** Distinguishes two objects of one name. */
  etag?: string;
  findings?: Finding[];
}

export interface Extracted {
  archive: ArchiveRef;
  id: string;
  manifest: Manifest;
  /** The one segment object of the archive. */
  segment: Buffer;
  key: string;
}

/** What extraction leaves behind for an archive, without an archive. */
export function extracted(spec: ArchiveSpec): Extracted {
  const content = JSON.stringify(spec.members);
  const archive: ArchiveRef = {
    source: spec.source ?? 'main',
    key: `landing/${PARTNER}/${DATE}/${spec.name}`,
    etag: spec.etag ?? 'e1',
    bytes: content.length,
  };
  const id = archiveId(archive);
  const headers: string[][] = [];
  const chunks: Buffer[] = [];
  let offset = 0;
  const members = spec.members.map((member, position) => {
    const body = Buffer.from((member.rows ?? []).map(csvRow).join(''));
    const described = describe(member, position, headers, body, offset);
    if (described.outcome === 'loaded') {
      chunks.push(body);
      offset += body.byteLength;
    }
    return described;
  });
  const segment = Buffer.concat(chunks);
  const sum = crc32(segment);
  return {
    archive,
    id,
    segment,
    key: layout.segment(id, RULES, 'rows.csv'),
    manifest: {
      format: 1,
      archive,
      archiveId: id,
      rulesId: RULES,
      outcome: spec.outcome ?? 'whole',
      sha256: sha256(content),
      bytesConsumed: archive.bytes,
      objects: [
        { name: 'rows.csv', etag: `${sum}-${segment.byteLength}`, bytes: segment.byteLength, crc32: sum },
      ],
      headers,
      members,
      findings: spec.findings ?? [],
    },
  };
}

function describe(
  member: MemberSpec,
  position: number,
  headers: string[][],
  body: Buffer,
  offset: number,
): ManifestMember {
  const {
    name,
    table = name.split('_')[0]!,
    header = [],
    rows = [],
    outcome = 'loaded',
    quarantined = 0,
  } = member;
  let index = headers.findIndex((known) => JSON.stringify(known) === JSON.stringify(header));
  if (index < 0) index = headers.push(header) - 1;
  const whole = `${JSON.stringify(header)}\n${body.toString()}`;
  const described: ManifestMember = {
    position,
    name,
    outcome,
    table,
    header: index,
    bytes: Buffer.byteLength(whole),
    crc32: crc32(Buffer.from(whole)),
    sha256: sha256(whole),
    rows: rows.length + quarantined,
    rowsQuarantined: quarantined,
  };
  if (outcome !== 'loaded') return described;
  described.nulls = header.map((_, column) => rows.filter((row) => row[column] === '').length);
  described.types = header.map((_, column) =>
    rows.reduce<ColumnType>((type, row) => {
      const value = Buffer.from(row[column]!);
      return joinColumnTypes(type, typeOfValue(value, 0, value.length));
    }, 'null'),
  );
  if (body.byteLength > 0) {
    described.range = { object: 0, offset, bytes: body.byteLength, crc32: crc32(body) };
  }
  return described;
}

export function csvRow(fields: readonly string[]): string {
  if (fields.length === 1 && fields[0] === '') return '""\n';
  return `${fields.map((field) => (/[",\n\r]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\n`;
}

/** Puts the segments where the manifests say they are. */
export async function storeSegments(store: ObjectStore, archives: readonly Extracted[]): Promise<void> {
  for (const { key, segment, manifest } of archives) {
    if (segment.byteLength === 0) continue;
    const { etag } = await putOnce(store, key, segment);
    manifest.objects[0]!.etag = etag;
  }
}

export function manifestsOf(archives: readonly Extracted[]): Map<string, Manifest> {
  return new Map(archives.map(({ id, manifest }) => [id, manifest]));
}

export async function temporaryStore(
  limits?: Partial<MultipartLimits>,
): Promise<{ store: FileStore; root: string; remove: () => Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'partnerday-'));
  const store = new FileStore({ root, chunkBytes: 4096, ...(limits === undefined ? {} : { limits }) });
  return { store, root, remove: () => rm(root, { recursive: true, force: true }) };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
