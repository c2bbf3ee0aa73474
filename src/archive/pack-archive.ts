import { promisify } from 'node:util';
import { gzip, type ZlibOptions } from 'node:zlib';
import { pack } from 'tar-stream';

const compress = promisify(gzip);

export interface PackedMember {
  name: string;
  content: Buffer;
}

/** A `.tar.gz` whose bytes depend on nothing but the arguments. */
export async function packArchive(
  members: readonly PackedMember[],
  mtime: Date,
  options: ZlibOptions = {},
): Promise<Buffer> {
  const tar = pack();
  for (const { name, content } of members) {
    tar.entry({ name, mtime, mode: 0o644, uid: 0, gid: 0, uname: '', gname: '' }, content);
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  const archive = await compress(Buffer.concat(chunks), options);
  // zlib writes mtime 0, and the operating system's number here; 255 = unknown.
  archive[9] = 255;
  return archive;
}
