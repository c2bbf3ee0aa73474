import { Buffer } from 'node:buffer';
import { asideColumns, type Rules } from '../../config/rules.js';
import type { CreateMemberScan, QuarantinedRow } from '../../csv/member-scan.js';
import { TransientError } from '../../errors.js';
import type { Finding } from '../../quality/finding.js';
import { crc32 } from '../../store/crc32.js';
import { putOnce } from '../../store/put-once.js';
import { type ArchiveRef, archiveId } from '../archive-ref.js';
import { readJson } from '../documents/json-object.js';
import type { PartnerDayLayout } from '../layout.js';
import { type Manifest, type ManifestMember, manifestSchema } from '../manifest.js';
import { ObjectWriter } from '../merging/object-writer.js';
import { AsideRows, type WrittenRows } from '../relations/aside-rows.js';
import { requireSameAgain } from './read-again.js';
import { type ReadLandedOptions, readLanded } from './read-landed.js';
import { type ScannedArchive, type ScanProgress, scanArchive } from './scan-archive.js';
import { SegmentWriter } from './segment-writer.js';

export interface ExtractArchiveOptions extends ReadLandedOptions {
  readonly layout: PartnerDayLayout;
  readonly rules: Rules;
  readonly rulesId: string;
  /** About once per MiB of the archive; one that looks bad is read twice. */
  readonly onProgress?: (at: ScanProgress) => void;
  /** Default: the kernel. */
  readonly createMemberScan?: CreateMemberScan;
}

const QUARANTINED_ROWS = 'rows.jsonl';
/** Few columns of the rows: not worth more memory. */
const ASIDE = { bufferBytes: 2 * 1024 * 1024, objectName: 'aside' };

/**
 * Turns one landed archive into segments and commits it by its manifest, which is written last. A committed archive
 * is not read again. A repeat after a crash writes the same bytes to the same keys.
 *
 * An archive that is refused is committed, too, with nothing to merge, but only if a second reading brings the same
 * bytes. Of quarantined members the manifest keeps the position; their bytes stay in the archive, which is pinned by its
 * ETag.
 * @throws ArchiveReplacedError, and what the store throws
 */
export async function extractArchive(options: ExtractArchiveOptions): Promise<Manifest> {
  const { store, layout, archive, rules, rulesId, signal } = options;
  const id = archiveId(archive);
  const manifestKey = layout.manifest(id, rulesId);
  const call = signal ? { signal } : {};
  const committed = await readJson(store, manifestKey, manifestSchema, call);
  if (committed) return committed;
  const manifest =
    archive.bytes > rules.limits.archiveBytes ? tooLarge(options, id) : await extract(options, id);
  await putOnce(store, manifestKey, Buffer.from(`${JSON.stringify(manifest)}\n`), call);
  return manifest;
}

async function extract(options: ExtractArchiveOptions, id: string): Promise<Manifest> {
  const { store, layout, archive, rules, rulesId, signal } = options;
  const open = (key: string) => new ObjectWriter(store, key, { signal });
  const segments = new SegmentWriter((name) => open(layout.segment(id, rulesId, name)));
  const aside = new SegmentWriter((name) => open(layout.segment(id, rulesId, name)), ASIDE);
  const quarantine = open(layout.quarantine(id, rulesId, QUARANTINED_ROWS));
  let quarantinedCrc = 0;
  try {
    const scanned = await scanArchive({
      source: readLanded(options),
      rules,
      date: layout.date,
      sinks: {
        rows(table, header): WrittenRows {
          const rows = segments.begin(table);
          const columns = asideColumns(rules, table);
          return columns.length > 0 ? new AsideRows(rows, aside.begin(table), { header, columns }) : rows;
        },
        quarantined(member, row) {
          const line = quarantineLine(member, row);
          quarantinedCrc = crc32(line, quarantinedCrc);
          quarantine.write(line);
        },
        async settle() {
          signal?.throwIfAborted();
          await segments.settle();
          await aside.settle();
          await quarantine.settle();
        },
      },
      ...(options.onProgress ? { onProgress: options.onProgress } : {}),
      ...(options.createMemberScan ? { createMemberScan: options.createMemberScan } : {}),
    });
    if (scanned.bytes !== archive.bytes) {
      throw new TransientError(`${archive.key}: ${scanned.bytes} of ${archive.bytes} bytes arrived`);
    }
    if (scanned.outcome !== 'whole') await confirm(options, scanned);
    const rejected = scanned.outcome === 'rejected';
    if (rejected) await Promise.all([segments.abort(), aside.abort()]);
    const objects = rejected ? [] : await segments.close();
    const asideObjects = rejected ? [] : await aside.close();
    const hasQuarantine = quarantine.bytes > 0;
    if (hasQuarantine) await quarantine.close(quarantinedCrc);
    return {
      ...identity(options, id),
      outcome: scanned.outcome,
      sha256: scanned.sha256,
      bytesConsumed: scanned.bytes,
      objects: [...objects, ...asideObjects],
      headers: scanned.headers.map((header) => [...header]),
      members: scanned.members.map((member) => withRanges(member, objects.length)),
      ...(hasQuarantine ? { quarantine: layout.quarantine(id, rulesId, QUARANTINED_ROWS) } : {}),
      findings: scanned.findings.map((finding) => inArchive(finding, archive)),
    };
  } catch (error) {
    await segments.abort();
    await aside.abort();
    await quarantine.abort();
    throw error;
  }
}

/** @throws DamagedBodyError */
function confirm(options: ExtractArchiveOptions, first: ScannedArchive<WrittenRows>): Promise<void> {
  const members = first.members.length;
  return requireSameAgain({
    ...options,
    first,
    onProgress: (bytes) => options.onProgress?.({ bytes: first.bytes + bytes, members }),
  });
}

/** Refused unread. */
function tooLarge(options: ExtractArchiveOptions, id: string): Manifest {
  const { archive, rules } = options;
  const detail = `${archive.bytes} bytes; limits.archiveBytes is ${rules.limits.archiveBytes}`;
  return {
    ...identity(options, id),
    outcome: 'rejected',
    sha256: '',
    bytesConsumed: 0,
    objects: [],
    headers: [],
    members: [],
    findings: [inArchive({ code: 'archive-limit', severity: 'error', detail }, archive)],
  };
}

function identity({ archive, rulesId }: ExtractArchiveOptions, id: string) {
  const { source, key, etag, bytes } = archive;
  return { format: 1 as const, archive: { source, key, etag, bytes }, archiveId: id, rulesId };
}

/** `asideFrom`: index of the first object with columns kept aside. */
function withRanges(
  { record, rows }: ScannedArchive<WrittenRows>['members'][number],
  asideFrom: number,
): ManifestMember {
  const range = rows?.range();
  if (range === undefined) return record;
  const aside = rows?.aside?.();
  return { ...record, range, ...(aside ? { aside: { ...aside, object: aside.object + asideFrom } } : {}) };
}

function inArchive(finding: Finding, { key }: ArchiveRef): Finding {
  return { ...finding, archive: key };
}

function quarantineLine(member: string, { raw, ...row }: QuarantinedRow): Buffer {
  const bytes = raw && Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('base64');
  return Buffer.from(
    `${JSON.stringify({ member, ...row, ...(bytes === undefined ? {} : { raw: bytes }) })}\n`,
  );
}
