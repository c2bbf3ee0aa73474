import { hostname } from 'node:os';
import type { Role, Slots } from './roles.js';

/** What a worker tells of itself to whoever asks Temporal who polls a queue. */
export interface WorkerSlots {
  readonly host: string;
  readonly pid: number;
  /** Archives read, and tables merged, at the same time; absent: it does not serve that queue. */
  readonly extract?: number;
  readonly merge?: number;
}

const IDENTITY = /^(\d+)@(.+?)(?: extract=(\d+))?(?: merge=(\d+))?$/;

/** `4711@host extract=4 merge=3`: to be read by people in the Web UI, and by `status`. */
export function workerIdentity(role: Role, { extract, merge }: Slots): string {
  const serves = (queue: Role) => role === queue || role === 'all';
  const slots = [
    ...(serves('extract') ? [`extract=${extract}`] : []),
    ...(serves('merge') ? [`merge=${merge}`] : []),
  ];
  return [`${process.pid}@${hostname()}`, ...slots].join(' ');
}

/** `undefined`: no worker of ours, or one of an older version. */
export function parseIdentity(identity: string): WorkerSlots | undefined {
  const match = IDENTITY.exec(identity);
  if (!match) return undefined;
  const [, pid, host, extract, merge] = match;
  return {
    host: host!,
    pid: Number(pid),
    ...(extract === undefined ? {} : { extract: Number(extract) }),
    ...(merge === undefined ? {} : { merge: Number(merge) }),
  };
}
