import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compareUtf8 } from '../key.js';
import { replacedName } from './generations.js';
import { isAbsent, type Tree } from './tree.js';

export interface WalkedFile {
  readonly key: string;
  /** Whether later generations than the plain file may exist. */
  readonly replaced: boolean;
}

interface Frame {
  /** Key prefix of the directory: empty or ending in `/`. */
  readonly prefix: string;
  /** Names in reverse order, directories with a `/` at the end, so that `a-b` sorts before `a/b`. */
  readonly names: string[];
  readonly replaced: ReadonlySet<string>;
}

/**
 * The plain files below `prefix`, strictly after `startAfter`, in UTF-8 byte order. Memory: the names of the
 * directories on the current path. Names that begin with a dot and symbolic links are passed over.
 */
export async function* walk(tree: Tree, prefix: string, startAfter = ''): AsyncGenerator<WalkedFile> {
  const slash = prefix.lastIndexOf('/') + 1;
  const start = prefix.slice(0, slash);
  const startsWith = prefix.slice(slash);
  if (start.split('/').some((name) => name.startsWith('.'))) return;
  if (!tree.isPlainDirectory(join(tree.root, start.slice(0, -1)))) return;

  const stack: Frame[] = [await read(tree, start, startAfter, (name) => name.startsWith(startsWith))];
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const name = frame.names.pop();
    if (name === undefined) stack.pop();
    else if (name.endsWith('/')) stack.push(await read(tree, frame.prefix + name, startAfter));
    else yield { key: frame.prefix + name, replaced: frame.replaced.has(name) };
  }
}

async function read(
  tree: Tree,
  prefix: string,
  startAfter: string,
  wanted: (name: string) => boolean = () => true,
): Promise<Frame> {
  const names: string[] = [];
  const replaced = new Set<string>();
  for (const entry of await entries(join(tree.root, prefix))) {
    const object = replacedName(entry.name);
    if (object !== undefined) replaced.add(object);
    if (entry.name.startsWith('.') || !wanted(entry.name)) continue;
    if (entry.isDirectory()) {
      const directory = `${entry.name}/`;
      // Everything below a directory sorts with the directory's own prefix, unless startAfter lies inside it.
      const key = prefix + directory;
      if (startAfter.startsWith(key) || compareUtf8(key, startAfter) > 0) names.push(directory);
    } else if (entry.isFile() && compareUtf8(prefix + entry.name, startAfter) > 0) {
      names.push(entry.name);
    }
  }
  names.sort((a, b) => compareUtf8(b, a));
  return { prefix, names, replaced };
}

async function entries(directory: string): Promise<Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
