import type { TriggerResult } from '../activities/contract.js';
import type { PartnerConfig } from '../config/partner-config.js';

/**
 * `wait`: proceed when every source is complete. `seal`: take what is listed now. `retry`: no listing at all, only
 * what is still to merge of the newest version.
 */
export type DayMode = 'wait' | 'seal' | 'retry';

export interface PartnerDayInput {
  partner: string;
  date: string;
  mode: DayMode;
  /** Key of a list of archives that are to be read again, by today's rules. */
  replay?: string;
  /** The backfill it is a part of. */
  backfill?: {
    workflowId: string;
    /** How many of its days may run at once: they share what the partner may have. */
    parallel: number;
  };
}

export interface BackfillInput {
  partner: string;
  /** First and last business date. */
  from: string;
  to: string;
  parallel: number;
}

export interface PartnerDayResult {
  partner: string;
  date: string;
  version: number;
  status: 'published' | 'held';
  score: number;
  merged: number;
  failedTables: string[];
}

export interface ExtractSliceInput {
  partner: string;
  date: string;
  configKey: string;
  index: number;
  key: string;
  /** Archives per group. */
  groups: number[];
  archives: number;
  heartbeat: number;
  policy: PartnerConfig['policies']['extraction'];
  maxConcurrent: number;
}

export interface ExtractSliceResult {
  done: number;
  failed: number;
  rows: number;
}

export interface MergeTableInput {
  partner: string;
  date: string;
  configKey: string;
  version: number;
  table: string;
  round: number;
  rounds: number;
  heartbeat: number;
  policy: PartnerConfig['policies']['merge'];
}

export interface MergeTableResult {
  table: string;
  rows: number;
  bytes: number;
  tries: number;
}

export interface AnnounceInput {
  partner: string;
  date: string;
  heartbeat: number;
  backoff: PartnerConfig['policies']['stage']['backoff'];
  /** Key of what is to be told; absent: only the page is written. */
  alertKey?: string;
  /** Readers see something new. */
  published: boolean;
}

export interface TriggerAirflowInput {
  partner: string;
  date: string;
  version: number;
  dag: string;
}

export type TriggerAirflowResult = TriggerResult;
