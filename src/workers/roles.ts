import { availableParallelism, totalmem } from 'node:os';

/** What a worker process does. `all` is for one machine; on Kubernetes each role scales by itself. */
export const ROLES = ['control', 'extract', 'merge', 'all'] as const;
export type Role = (typeof ROLES)[number];

export interface Slots {
  control: number;
  extract: number;
  merge: number;
}

export interface Machine {
  cores: number;
  /** What this process may use, of the machine or of its container. */
  memoryBytes: number;
}

const MiB = 2 ** 20;
/** Of a worker with nothing to do, and what each archive and table in work adds to it, with some to spare. */
const IDLE_BYTES = 256 * MiB;
const EXTRACT_BYTES = 128 * MiB;
const MERGE_BYTES = 32 * MiB;
const MERGE_CORES = 0.75;

/**
 * Slots from the machine: an extraction keeps one core busy, merging leaves a quarter of the cores to the rest, and
 * neither takes more than there is memory for. How much work a slot gets at a time follows from the sizes of archives
 * (`dealGroups`), and how often a worker asks for more from what is waiting.
 * `PARTNERDAY_EXTRACT_SLOTS` and `PARTNERDAY_MERGE_SLOTS` override them.
 */
export function slotsOf(env: NodeJS.ProcessEnv = process.env, machine: Machine = thisMachine()): Slots {
  const { cores, memoryBytes } = machine;
  const room = (bytes: number) => Math.floor((memoryBytes - IDLE_BYTES) / bytes);
  const atLeastOne = (...most: number[]) => Math.max(1, Math.min(...most));
  return {
    control: 100,
    extract: positive(env.PARTNERDAY_EXTRACT_SLOTS) ?? atLeastOne(cores, room(EXTRACT_BYTES)),
    merge:
      positive(env.PARTNERDAY_MERGE_SLOTS) ?? atLeastOne(Math.floor(MERGE_CORES * cores), room(MERGE_BYTES)),
  };
}

function thisMachine(): Machine {
  const limit = process.constrainedMemory();
  // Without a limit some systems report one beyond all there is.
  const memoryBytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return { cores: availableParallelism(), memoryBytes };
}

function positive(text: string | undefined): number | undefined {
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
