import type { ListOptions, ObjectInfo } from '../object-store.js';
import type { ObjectFiles } from './object-file.js';
import type { Tree } from './tree.js';
import { type WalkedFile, walk } from './walk.js';

/** Looking at files one after the other would wait for the disk each time. */
const AT_ONCE = 64;

export async function* listFiles(
  tree: Tree,
  objects: ObjectFiles,
  prefix: string,
  options: ListOptions,
): AsyncGenerator<ObjectInfo> {
  let files: WalkedFile[] = [];
  const describe = async (): Promise<ObjectInfo[]> => {
    options.signal?.throwIfAborted();
    const infos = await Promise.all(files.map((file) => objects.describeWalked(file)));
    files = [];
    return infos.filter((info) => info !== undefined);
  };
  for await (const file of walk(tree, prefix, options.startAfter)) {
    if (files.push(file) === AT_ONCE) yield* await describe();
  }
  yield* await describe();
}
