import { randomUUID } from 'node:crypto';
import { lstatSync, readdirSync } from 'node:fs';
import { link, mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Tree } from './tree.js';
import { isAbsent } from './tree.js';
import { errnoOf } from './write-error.js';

const SUFFIX = '.generations';

/** Generation 1 is the plain file; later ones are `.{name}.generations/{n}`. */
export interface Generation {
  readonly number: number;
  readonly path: string;
}

/**
 * Replacement without lock files. Replacing generation g is `link` to the name g+1, which exactly one racer can take;
 * generations are never removed while the object lives, so a slow racer can never take an old name again. The truth
 * is the highest generation. The plain name is refreshed after winning, for people and other tools; a crash before
 * that leaves it one generation behind until the next replacement, and the store itself never reads it then.
 */
export class Generations {
  constructor(private readonly tree: Tree) {}

  current(plain: string): Generation {
    const number = Math.max(1, ...numbers(plain));
    return { number, path: number === 1 ? plain : pathOf(plain, number) };
  }

  /** Takes the generation after `previous` for `staged`; false when another racer has it. */
  async advance(plain: string, previous: Generation, staged: string): Promise<boolean> {
    await mkdir(generationsOf(plain), { recursive: true });
    try {
      await link(staged, pathOf(plain, previous.number + 1));
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return false;
      throw error;
    }
    await this.tree.syncDirectory(generationsOf(plain));
    return true;
  }

  /** Best effort: the winner's bytes under the plain name, never older than what a slower winner puts there. */
  async refresh(plain: string): Promise<void> {
    try {
      for (let shown: Generation | undefined; ; ) {
        const highest = this.current(plain);
        if (highest.number === 1 || highest.number === shown?.number) return;
        const temporary = join(this.tree.staging, randomUUID());
        await link(highest.path, temporary);
        await rename(temporary, plain);
        // Renaming one link of a file over another of its links does nothing and leaves both.
        await rm(temporary, { force: true });
        shown = highest;
      }
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
    }
  }

  /** Paths of all generations, the plain one included. */
  all(plain: string): string[] {
    return [plain, ...numbers(plain).map((number) => pathOf(plain, number))];
  }

  async remove(plain: string): Promise<void> {
    await rm(generationsOf(plain), { recursive: true, force: true });
  }
}

/** The name of the object that a directory entry keeps generations of, if it does. */
export function replacedName(entry: string): string | undefined {
  return entry.startsWith('.') && entry.endsWith(SUFFIX) ? entry.slice(1, -SUFFIX.length) : undefined;
}

function numbers(plain: string): number[] {
  const directory = generationsOf(plain);
  try {
    if (lstatSync(directory, { throwIfNoEntry: false }) === undefined) return [];
    return readdirSync(directory)
      .filter((name) => /^\d{8}$/.test(name))
      .map(Number);
  } catch (error) {
    if (isAbsent(error) || errnoOf(error) === 'ENAMETOOLONG') return [];
    throw error;
  }
}

function generationsOf(plain: string): string {
  return join(dirname(plain), `.${basename(plain)}${SUFFIX}`);
}

function pathOf(plain: string, number: number): string {
  return join(generationsOf(plain), String(number).padStart(8, '0'));
}
