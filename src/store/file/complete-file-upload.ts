import { type BigIntStats, openSync } from 'node:fs';
import { TerminalError } from '../../errors.js';
import { ChecksumMismatchError, PreconditionFailedError, UploadGoneError } from '../errors.js';
import { requireWithinLimits } from '../limits.js';
import type {
  CompleteOptions,
  CopySource,
  MultipartLimits,
  ObjectInfo,
  Upload,
  UploadedPart,
} from '../object-store.js';
import { concatenate, type Piece, type PieceSource } from './concatenate.js';
import type { ContentRecords } from './content-record.js';
import type { ObjectFiles } from './object-file.js';
import { linkNew, publish, renameOver } from './publish.js';
import { requireUnchanged } from './read-range.js';
import type { Staging } from './staged-file.js';
import type { Tree } from './tree.js';
import type { StoredPart, UploadDirectories } from './upload-directory.js';

export interface CompleteContext {
  readonly tree: Tree;
  readonly records: ContentRecords;
  readonly objects: ObjectFiles;
  readonly staging: Staging;
  readonly uploads: UploadDirectories;
  readonly limits: MultipartLimits;
}

/**
 * Copies every part once, in order, into a staged file and publishes that. A second worker that completes the same
 * upload at the same time has a staged file of its own, so neither can touch what the other has published.
 */
export async function completeFileUpload(
  context: CompleteContext,
  upload: Upload,
  parts: readonly UploadedPart[],
  options: CompleteOptions,
): Promise<ObjectInfo> {
  const { key } = upload;
  options.signal?.throwIfAborted();
  requireWithinLimits(key, parts, context.limits);
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  try {
    const stored = await context.uploads.parts(upload);
    const pieces = toPieces(context, upload, requireListed(key, stored, parts));
    if (options.ifNoneMatch !== undefined) requireAbsent(context, key);
    const info = await build(context, key, pieces, bytes, options);
    await context.uploads.remove(upload);
    return info;
  } catch (error) {
    if (!(error instanceof PreconditionFailedError || error instanceof UploadGoneError)) throw error;
    const done = alreadyDone(context, key, bytes, options.crc32);
    if (done === undefined) throw error;
    await context.uploads.remove(upload);
    return done;
  }
}

async function build(
  context: CompleteContext,
  key: string,
  pieces: readonly Piece[],
  bytes: number,
  options: CompleteOptions,
): Promise<ObjectInfo> {
  const { tree, records, staging, objects } = context;
  return staging.with(key, async (staged) => {
    const content = await concatenate(pieces, staged.file, options);
    if (content.bytes !== bytes)
      throw new TerminalError(`${key}: parts gave ${content.bytes} bytes, not ${bytes}`);
    if (options.crc32 !== undefined && options.crc32 !== content.crc32) {
      throw new ChecksumMismatchError(key, options.crc32, content.crc32);
    }
    options.signal?.throwIfAborted();
    const takeName = options.ifNoneMatch === undefined ? renameOver : linkNew;
    const stat = await publish(tree, records, key, staged, content, (plain) =>
      takeName(tree, key, staged.path, plain),
    );
    return objects.describe(key, stat);
  });
}

function requireAbsent(context: CompleteContext, key: string): void {
  const existing = context.objects.find(key);
  if (existing === undefined) return;
  throw new PreconditionFailedError(key, `exists already with ETag ${existing.info.etag}`);
}

function alreadyDone(
  context: CompleteContext,
  key: string,
  bytes: number,
  crc32: number | undefined,
): ObjectInfo | undefined {
  const existing = context.objects.find(key)?.info;
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

function toPieces(context: CompleteContext, upload: Upload, parts: readonly StoredPart[]): Piece[] {
  const sources = new Map<string, PieceSource>();
  return parts.map((part) => {
    if ('file' in part) {
      const path = context.uploads.pathOf(upload.uploadId, part.file);
      return { source: sentPart(path), offset: 0, length: part.bytes };
    }
    const { copy } = part;
    const id = `${copy.etag} ${copy.key}`;
    const source = sources.get(id) ?? new CopiedObject(context.objects, copy);
    sources.set(id, source);
    return { source, offset: copy.offset, length: copy.length };
  });
}

/** Parts the worker sent are private to the upload and never change. */
function sentPart(path: string): PieceSource {
  return { open: () => openSync(path, 'r'), verify: () => undefined };
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
