import { type BigIntStats, fstatSync, openSync } from 'node:fs';
import { TerminalError } from '../../errors.js';
import { combineCrc32 } from '../crc32.js';
import { ChecksumMismatchError, PreconditionFailedError, UploadGoneError } from '../errors.js';
import { requireWithinLimits } from '../limits.js';
import type { CompleteOptions, CopySource, ObjectInfo, Upload, UploadedPart } from '../object-store.js';
import { concatenate, type Piece, type PieceSource } from './concatenate.js';
import { requireCondition } from './condition.js';
import type { ContentRecord } from './content-record.js';
import type { FileUploads } from './file-uploads.js';
import type { ObjectFiles } from './object-file.js';
import { linkNew, publish, renameOver } from './publish.js';
import { requireUnchanged } from './read-range.js';
import type { StagedFile } from './staged-file.js';
import { isAbsent } from './tree.js';
import type { StoredPart } from './upload-directory.js';

/**
 * Publishes the body this store wrote if the upload consists of just that. Otherwise copies every part once, in order,
 * into a staged file and publishes that. A second worker that completes the same upload at the same time has a staged
 * file of its own, so neither can touch what the other has published.
 */
export async function completeFileUpload(
  uploads: FileUploads,
  upload: Upload,
  parts: readonly UploadedPart[],
  options: CompleteOptions,
): Promise<ObjectInfo> {
  const { key } = upload;
  requireWithinLimits(key, parts, uploads.limits);
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  try {
    const stored = await uploads.directories.parts(upload);
    const chosen = requireListed(key, stored, parts);
    requireReplaceable(uploads, key, options);
    const body = uploads.directories.seal(upload, chosen);
    const info =
      body === undefined
        ? await build(uploads, upload, chosen, bytes, options)
        : await adopt(uploads, upload, body, chosen, options);
    await uploads.directories.remove(upload);
    return info;
  } catch (error) {
    if (!(error instanceof PreconditionFailedError || error instanceof UploadGoneError)) throw error;
    const done = alreadyDone(uploads, key, bytes, options.crc32);
    if (done === undefined) throw error;
    await uploads.directories.remove(upload);
    return done;
  }
}

/** What was sent is what the CRC32 of the parts speaks for, as with a put. */
async function adopt(
  uploads: FileUploads,
  upload: Upload,
  body: string,
  parts: readonly StoredPart[],
  options: CompleteOptions,
): Promise<ObjectInfo> {
  const content = { crc32: 0, bytes: 0 };
  for (const part of parts) {
    content.crc32 = combineCrc32(content.crc32, part.crc32!, part.bytes);
    content.bytes += part.bytes;
  }
  options.onProgress?.(content.bytes);
  return uploads.staging.withLink(upload, body, async (staged) => {
    const { size } = fstatSync(staged.file.fd);
    if (size !== content.bytes) throw unexpectedSize(upload.key, size, content.bytes);
    return show(uploads, upload.key, staged, content, options);
  });
}

async function build(
  uploads: FileUploads,
  upload: Upload,
  parts: readonly StoredPart[],
  bytes: number,
  options: CompleteOptions,
): Promise<ObjectInfo> {
  const { key } = upload;
  const pieces = toPieces(uploads, upload, parts);
  return uploads.staging.with(key, async (staged) => {
    const content = await concatenate(pieces, staged.file, options);
    if (content.bytes !== bytes) throw unexpectedSize(key, content.bytes, bytes);
    return show(uploads, key, staged, content, options);
  });
}

async function show(
  { tree, records, objects }: FileUploads,
  key: string,
  staged: StagedFile,
  content: ContentRecord,
  options: CompleteOptions,
): Promise<ObjectInfo> {
  if (options.crc32 !== undefined && options.crc32 !== content.crc32) {
    throw new ChecksumMismatchError(key, options.crc32, content.crc32);
  }
  options.signal?.throwIfAborted();
  const takeName = options.ifNoneMatch === undefined ? renameOver : linkNew;
  const stat = await publish(tree, records, key, staged, content, (plain) =>
    takeName(tree, key, staged.path, plain),
  );
  return objects.describe(key, stat);
}

function unexpectedSize(key: string, found: number, expected: number): TerminalError {
  return new TerminalError(`${key}: parts gave ${found} bytes, not ${expected}`);
}

function requireReplaceable(uploads: FileUploads, key: string, options: CompleteOptions): void {
  const existing = uploads.objects.find(key);
  if (options.ifNoneMatch !== undefined) requireCondition(key, existing?.info, { ifNoneMatch: '*' });
  // The plain file is not what readers see then.
  else if (existing !== undefined && existing.generation.number > 1) {
    throw new TerminalError(`${key} is a pointer with generations; replace it with put`);
  }
}

function alreadyDone(
  uploads: FileUploads,
  key: string,
  bytes: number,
  crc32: number | undefined,
): ObjectInfo | undefined {
  const existing = uploads.objects.find(key)?.info;
  return crc32 !== undefined && existing?.crc32 === crc32 && existing.bytes === bytes ? existing : undefined;
}

function requireListed(
  key: string,
  stored: readonly StoredPart[],
  listed: readonly UploadedPart[],
): StoredPart[] {
  const byNumber = new Map(stored.map((part) => [part.part, part]));
  return listed.map((wanted) => {
    const part = byNumber.get(wanted.part);
    if (part === undefined || part.etag !== wanted.etag || part.bytes !== wanted.bytes) {
      throw new TerminalError(
        `${key}: part ${wanted.part} is not the part that was uploaded; list the parts again`,
      );
    }
    return part;
  });
}

function toPieces(uploads: FileUploads, upload: Upload, parts: readonly StoredPart[]): Piece[] {
  const sources = new Map<string, PieceSource>();
  const shared = (id: string, make: () => PieceSource): PieceSource => {
    const source = sources.get(id) ?? make();
    sources.set(id, source);
    return source;
  };
  return parts.map((part) => {
    if ('file' in part) {
      const path = uploads.directories.pathOf(upload.uploadId, part.file);
      const source = shared(path, () => sentParts(upload, path));
      return { source, offset: part.offset, length: part.bytes };
    }
    const { copy } = part;
    const source = shared(`${copy.etag} ${copy.key}`, () => new CopiedObject(uploads.objects, copy));
    return { source, offset: copy.offset, length: copy.length };
  });
}

/** Parts the worker sent are private to the upload and never change; another worker may drop them all. */
function sentParts(upload: Upload, path: string): PieceSource {
  const open = (): number => {
    try {
      return openSync(path, 'r');
    } catch (error) {
      throw isAbsent(error) ? new UploadGoneError(upload.key, upload.uploadId) : error;
    }
  };
  return { open, verify: () => undefined };
}

/** Pinned to its ETag when opened, and still unchanged when the last byte was read. */
class CopiedObject implements PieceSource {
  #opened: BigIntStats | undefined;

  constructor(
    private readonly objects: ObjectFiles,
    private readonly copy: CopySource,
  ) {}

  open(): number {
    const { fd, stat } = this.objects.openSync(this.copy.key, this.copy.etag);
    this.#opened = stat;
    return fd;
  }

  verify(fd: number): void {
    requireUnchanged(fd, this.#opened!, this.copy.key);
  }
}
