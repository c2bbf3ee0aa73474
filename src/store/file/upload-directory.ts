import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from '../crc32.js';
import { UploadGoneError } from '../errors.js';
import { compareUtf8 } from '../key.js';
import type { CopySource, Upload, UploadedPart } from '../object-store.js';
import { etagOfRecord } from './content-record.js';
import { writeRegion } from './region-writer.js';
import { isAbsent, type Tree } from './tree.js';
import { type Region, UploadBody } from './upload-body.js';

/** A part is bytes in a file of the upload's, or a promise to copy a range on completion. */
export type StoredPart = UploadedPart & (Region | { readonly copy: CopySource });

interface Header {
  readonly key: string;
  readonly crc32: boolean;
  readonly startedAt: string;
}

/**
 * Uploads in progress: a directory each, with `upload.json`, the sent parts and `parts.log`, one JSON line a part.
 * Parts sent in order lie in a body, any other in a file of its own. A line is written after its bytes; the last line
 * of a part's number counts, and a line cut by a crash is ignored, as are the bytes no line tells of.
 */
export class UploadDirectories {
  /** Logs this store writes to. */
  readonly #logs = new Map<string, Promise<FileHandle>>();
  /** Bodies this store writes to, or has sealed. */
  readonly #bodies = new Map<string, UploadBody>();

  constructor(private readonly tree: Tree) {}

  async close(): Promise<void> {
    await Promise.all([...this.#logs.keys()].map((uploadId) => this.closeLog(uploadId)));
  }

  async create(key: string, wantsCrc32: boolean): Promise<Upload> {
    const uploadId = randomUUID();
    const header: Header = { key, crc32: wantsCrc32, startedAt: new Date().toISOString() };
    const staged = join(this.tree.staging, uploadId);
    await this.tree.makeDirectory(staged, key);
    await this.tree.makeDirectory(this.tree.uploads, key);
    await writeFile(join(staged, 'upload.json'), JSON.stringify(header));
    await rename(staged, this.pathOf(uploadId));
    return { key, uploadId, crc32: wantsCrc32 };
  }

  async addBytes(
    upload: Upload,
    part: number,
    chunks: readonly Uint8Array[],
    known?: number,
  ): Promise<UploadedPart> {
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    const writing = this.bodyFor(upload, part)?.append(part, bytes, chunks);
    // A failure is reported where it is awaited.
    writing?.catch(() => undefined);
    const content = { crc32: known ?? chunks.reduce((sum, chunk) => crc32(chunk, sum), 0), bytes };
    const region = await this.orGone(upload, () => writing ?? this.writeAlone(upload, part, chunks));
    const uploaded: UploadedPart = { part, ...content, etag: etagOfRecord(content) };
    await this.append(upload, { ...uploaded, ...region });
    return uploaded;
  }

  /** `content`: the source's bytes, which are read now if they can be part of a body, and otherwise on completion. */
  async addCopy(
    upload: Upload,
    part: number,
    source: CopySource,
    content: () => AsyncIterable<Uint8Array>,
  ): Promise<UploadedPart> {
    const { key, etag, offset, length } = source;
    const uploaded = { part, bytes: length, etag: `${etag}:${offset}+${length}` };
    const sum = { crc32: 0 };
    const writing = this.bodyFor(upload, part)?.append(part, length, summed(content, sum));
    if (writing === undefined) {
      await this.append(upload, { ...uploaded, copy: { key, etag, offset, length } });
      return uploaded;
    }
    const region = await this.orGone(upload, () => writing);
    await this.append(upload, { ...uploaded, ...sum, ...region });
    return { ...uploaded, ...sum };
  }

  /**
   * The path of the file that consists of these parts and no more, if there is one; no part is added to it from now
   * on. Only what this store itself wrote qualifies.
   */
  seal(upload: Upload, parts: readonly StoredPart[]): string | undefined {
    const body = this.#bodies.get(upload.uploadId);
    let end = 0;
    for (const part of parts) {
      if (!('file' in part) || part.file !== body?.file || part.offset !== end) return undefined;
      end += part.bytes;
    }
    return body?.seal(end);
  }

  /** By part number. @throws UploadGoneError */
  async parts(upload: Upload): Promise<StoredPart[]> {
    const header = await this.header(upload.uploadId);
    if (header?.key !== upload.key) throw new UploadGoneError(upload.key, upload.uploadId);
    const log = await readFile(this.pathOf(upload.uploadId, 'parts.log'), 'utf8').catch((error: unknown) => {
      if (isAbsent(error)) return '';
      throw error;
    });
    const parts = new Map<number, StoredPart>();
    for (const line of log.split('\n')) {
      const part = parsePart(line);
      if (part !== undefined) parts.set(part.part, part);
    }
    return [...parts.values()].sort((a, b) => a.part - b.part);
  }

  async *list(prefix: string): AsyncGenerator<Upload & { startedAt: Date }> {
    const ids = await readdir(this.tree.uploads).catch((error: unknown) => {
      if (isAbsent(error)) return [];
      throw error;
    });
    const uploads: (Upload & { startedAt: Date })[] = [];
    for (const uploadId of ids) {
      const header = await this.header(uploadId);
      if (!header?.key.startsWith(prefix)) continue;
      uploads.push({ key: header.key, uploadId, crc32: header.crc32, startedAt: new Date(header.startedAt) });
    }
    uploads.sort((a, b) => compareUtf8(a.key, b.key) || a.startedAt.getTime() - b.startedAt.getTime());
    yield* uploads;
  }

  async remove(upload: Upload): Promise<void> {
    this.#bodies.delete(upload.uploadId);
    await this.closeLog(upload.uploadId);
    // Gone at once: a process killed while it removes the files leaves them where abandoned ones are swept.
    const doomed = join(this.tree.staging, randomUUID());
    try {
      await this.tree.makeDirectory(this.tree.staging, upload.key);
      await rename(this.pathOf(upload.uploadId), doomed);
    } catch (error) {
      if (isAbsent(error)) return;
      throw error;
    }
    await rm(doomed, { recursive: true, force: true });
  }

  pathOf(uploadId: string, file = ''): string {
    // Ids are ours; a foreign one must not become a path.
    return join(this.tree.uploads, uploadId.replace(/[^0-9a-f-]/g, '_'), file);
  }

  private async header(uploadId: string): Promise<Header | undefined> {
    try {
      return JSON.parse(await readFile(this.pathOf(uploadId, 'upload.json'), 'utf8')) as Header;
    } catch (error) {
      if (isAbsent(error) || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  private async append(upload: Upload, part: StoredPart): Promise<void> {
    await this.orGone(upload, async () => {
      const opening = this.#logs.get(upload.uploadId) ?? open(this.pathOf(upload.uploadId, 'parts.log'), 'a');
      this.#logs.set(upload.uploadId, opening);
      try {
        // One write appends a line whole. The line feed in front ends a line that a crash has cut.
        await (await opening).write(`\n${JSON.stringify(part)}\n`);
      } catch (error) {
        await this.closeLog(upload.uploadId);
        throw error;
      }
    });
  }

  /** Only an upload's first part begins a body: a body without it could never become the object. */
  private bodyFor(upload: Upload, part: number): UploadBody | undefined {
    const body = this.#bodies.get(upload.uploadId);
    if (body !== undefined || part !== 1) return body;
    const made = new UploadBody((file) => this.pathOf(upload.uploadId, file), this.tree.fsync);
    this.#bodies.set(upload.uploadId, made);
    return made;
  }

  private async writeAlone(upload: Upload, part: number, chunks: readonly Uint8Array[]): Promise<Region> {
    const file = `part-${part}-${randomUUID()}`;
    const path = this.pathOf(upload.uploadId, file);
    await (await open(path, 'wx')).close();
    await writeRegion(
      path,
      { offset: 0, bytes: chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0) },
      chunks,
      this.tree.fsync,
    );
    return { file, offset: 0 };
  }

  private async closeLog(uploadId: string): Promise<void> {
    const log = this.#logs.get(uploadId);
    this.#logs.delete(uploadId);
    await log?.then((handle) => handle.close()).catch(() => undefined);
  }

  private async orGone<T>(upload: Upload, write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (isAbsent(error)) throw new UploadGoneError(upload.key, upload.uploadId);
      throw error;
    }
  }
}

/** The bytes as they are, with their CRC32 in `sum`. */
async function* summed(
  content: () => AsyncIterable<Uint8Array>,
  sum: { crc32: number },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of content()) {
    sum.crc32 = crc32(chunk, sum.crc32);
    yield chunk;
  }
}

function parsePart(line: string): StoredPart | undefined {
  if (line === '') return undefined;
  try {
    return JSON.parse(line) as StoredPart;
  } catch {
    return undefined;
  }
}
