import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { DayStanding } from '../ingest/backfill-days.js';

/**
 * Everything a client says to a partner-day, and everything it answers. Lists travel by object key: at most
 * `MAX_KEYS` keys in one signal, never one signal per archive.
 */
export const MAX_KEYS = 100;

/** Some archives (or a manifest of them) are there. Accepted with no worker up, before the schedule, after the day. */
export interface SourceArrived {
  source: string;
  /** Key of an object `{archives: [{name, bytes}]}`. */
  manifest?: string;
  /** Archive keys; at most `MAX_KEYS`. */
  keys?: string[];
}

/** The source has sent everything. Idempotent by `id` (default: the source). */
export interface SourceComplete {
  source: string;
  /** How many archives, and bytes, the source says it sent. */
  archives?: number;
  bytes?: number;
  manifest?: string;
  id?: string;
}

export interface RetryTable {
  /** Empty: every failed table. */
  tables: string[];
  id?: string;
}

export interface RetryAccepted {
  tables: string[];
}

/** An operator's word on a held version; recorded with who and why. */
export interface Decide {
  version: number;
  action: 'release' | 'reject';
  by: string;
  why: string;
}

export const sourceArrived = defineSignal<[SourceArrived]>('sourceArrived');
export const sourceComplete = defineSignal<[SourceComplete]>('sourceComplete');
export const retryTable = defineUpdate<RetryAccepted, [RetryTable]>('retryTable');
export const decide = defineUpdate<{ version: number; status: string }, [Decide]>('decide');
export const progress = defineQuery<Progress>('progress');
export const backfillProgress = defineQuery<BackfillProgress>('backfillProgress');

/** From a partner-day to the backfill it is a part of: it waits for a decision, which may take days. */
export const dayHeld = defineSignal<[{ date: string; version: number; score: number }]>('dayHeld');

/** From an `extractSlice` to its partner-day, a few times per slice. */
export const sliceProgress = defineSignal<[SliceProgress]>('sliceProgress');

export interface SliceProgress {
  slice: number;
  done: number;
  failed: number;
  rows: number;
}

export type Stage =
  | 'waiting'
  | 'extracting'
  | 'planning'
  | 'merging'
  | 'publishing'
  | 'requeue'
  | 'published'
  | 'held'
  | 'failed';

export interface TableProgress {
  table: string;
  state: 'waiting' | 'merging' | 'merged' | 'failed' | 'refused';
  files: number;
  rows: number;
  bytes: number;
  /** Round of merging it is in or ended in; 1 is the first. */
  round: number;
  /** Tries used in that round. */
  tries: number;
  error?: string;
}

export interface SourceProgress {
  source: string;
  complete: boolean;
  /** How it was completed, or what it waits for, in words. */
  because: string;
  landed: number;
  announced?: number;
  /** ISO time at which it must be complete. */
  deadline?: string;
}

export interface Progress {
  partner: string;
  date: string;
  stage: Stage;
  /** One sentence: what the day is doing or waiting for. */
  message: string;
  sources: SourceProgress[];
  archives: { landed: number; committed: number; failed: number; bytes: number };
  tables: TableProgress[];
  /** Newest published version of this date. */
  version?: number;
  score?: number;
  /** ISO time of the next requeue round. */
  nextRoundAt?: string;
}

export interface BackfillDayProgress {
  date: string;
  /** How it stood when the backfill began. */
  standing: DayStanding;
  /** Archives in the landing prefix then. */
  landed: number;
  /** `not-due`: needs no run. `left-alone`: a run was open already. */
  state: 'not-due' | 'waiting' | 'running' | 'published' | 'held' | 'failed' | 'left-alone';
  version?: number;
  score?: number;
  failedTables?: string[];
  /** Why it failed. */
  error?: string;
}

export interface BackfillProgress {
  partner: string;
  from: string;
  to: string;
  parallel: number;
  /** In order of date; empty until they have been looked at. */
  days: BackfillDayProgress[];
}
