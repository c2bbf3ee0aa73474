import { setImmediate } from 'node:timers/promises';
import type { ListOptions, ObjectInfo } from '../object-store.js';
import type { ObjectFiles } from './object-file.js';
import type { Tree } from './tree.js';
import { walk } from './walk.js';

/** Looking is synchronous; between so many files others have their turn. */
const AT_ONCE = 256;

export async function* listFiles(
  tree: Tree,
  objects: ObjectFiles,
  prefix: string,
  options: ListOptions,
): AsyncGenerator<ObjectInfo> {
  let seen = 0;
  for await (const file of walk(tree, prefix, options.startAfter)) {
    if (++seen % AT_ONCE === 0) await setImmediate();
    options.signal?.throwIfAborted();
    const info = objects.describeWalked(file);
    // Deleted since its directory was read.
    if (info !== undefined) yield info;
  }
}
