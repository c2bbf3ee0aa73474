import { availableParallelism } from 'node:os';

/** What a worker process does. `all` is for one machine; on Kubernetes each role scales by itself. */
export const ROLES = ['control', 'extract', 'merge', 'all'] as const;
export type Role = (typeof ROLES)[number];

export interface Slots {
  control: number;
  extract: number;
  merge: number;
}

/**
 * Fixed slots from the cores: an extraction keeps one core busy; merging leaves a quarter of the cores to the rest.
 * `PARTNERDAY_EXTRACT_SLOTS` and `PARTNERDAY_MERGE_SLOTS` override them.
 */
export function slotsOf(env: NodeJS.ProcessEnv = process.env, cores = availableParallelism()): Slots {
  return {
    control: 100,
    extract: positive(env.PARTNERDAY_EXTRACT_SLOTS) ?? Math.max(1, cores),
    merge: positive(env.PARTNERDAY_MERGE_SLOTS) ?? Math.max(1, Math.floor(0.75 * cores)),
  };
}

function positive(text: string | undefined): number | undefined {
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
