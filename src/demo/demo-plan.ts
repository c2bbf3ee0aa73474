import type { FindingCode } from '../quality/finding.js';

/** What the demo put where, and what has to come of it. Everything a reader of its output needs to be told. */
export interface DemoPlan {
  /** Holds `partnerday.yaml` and `partners/`; absolute. */
  dir: string;
  /** Root of the file store; absolute. */
  store: string;
  /** The same as `PARTNERDAY_STORE` wants it. */
  storeUrl: string;
  /** Business dates, oldest first. Run them in this order: a table's column order builds on the day before. */
  dates: string[];
  partners: DemoPartner[];
  planted: Planted[];
  /** Where the data comes from and under which licence. */
  notice: string;
  /** False when the same demo was already there and nothing was written. */
  built: boolean;
}

export interface DemoPartner {
  id: string;
  name: string;
  tables: string[];
  days: DemoDay[];
}

export interface DemoDay {
  date: string;
  completion: DemoCompletion;
  /** Archives that lie in the landing prefix; one that was announced and never sent is not among them. */
  archives: number;
  /** Members in the archives that lie there, as packed (before one was cut). */
  members: number;
  /** Bytes of the archives that lie there. */
  bytes: number;
}

/** How the partner says "that was all". For `signal` somebody has to send `sourceComplete` with these numbers. */
export type DemoCompletion =
  | { by: 'manifest'; key: string }
  | { by: 'marker'; key: string }
  | { by: 'signal'; source: string; archives: number; bytes: number };

export type PlantKind = 'drift' | 'cut' | 'missing' | 'unwritable' | 'contract';

export interface Planted {
  kind: PlantKind;
  partner: string;
  date: string;
  /** Key of the archive or table, relative to the store's root. */
  where: string;
  table?: string;
  expect: PlantExpectation;
  /** One sentence for people. */
  say: string;
  /** How to take the cause away; then `partnerday retry` merges the table. */
  fix?: PlantFix;
}

export interface PlantExpectation {
  /** Findings of the partner-day that must be there because of it. */
  findings: FindingCode[];
  /** The table that must not be published in v1. `transient`: tried, requeued, reported. `terminal`: one try. */
  failedTable?: { table: string; failure: 'transient' | 'terminal' };
}

export interface PlantFix {
  /** Absolute path of an empty directory. */
  removeDirectory: string;
  command: string;
}
