import type { PartnerConfig } from '../../config/partner-config.js';
import type { FindingCode } from '../../quality/finding.js';
import type { ArchiveRef } from '../archive-ref.js';
import type { Manifest } from '../manifest.js';
import type { ColumnHistory, Plan, TablePlan, Verdict } from './plan.js';

/** An archive a source said it would send. */
export interface AnnouncedArchive {
  source: string;
  /** Relative to the store's root, like a landed archive's. */
  key: string;
  bytes?: number | undefined;
}

/** An archive whose tries are used up: it has no manifest and will get none in this version. */
export interface UnreadArchive {
  reason: string;
  /** Default `archive-unreadable`. */
  code?: Extract<FindingCode, 'archive-unreadable' | 'worker-lost'> | undefined;
}

/** What a table looked like before. */
export interface TableBase {
  /** Column order to follow; columns that are not there today are passed over. */
  columns: readonly string[];
  /** What drift is measured against. Absent: the first member's header. */
  reference?: ColumnHistory | undefined;
}

/** What a version is planned from, besides the manifests. */
export interface PlanFacts {
  partner: string;
  date: string;
  configKey: string;
  config: PartnerConfig;
  verdict: Verdict;
  /** Empty where the sources gave no list. */
  announced?: readonly AnnouncedArchive[] | undefined;
  /** By source that gave only a number of archives. */
  announcedCounts?: ReadonlyMap<string, number> | undefined;
  /** The landing prefix as listed now. Of two with one key the later is the one that is there. */
  landed: readonly ArchiveRef[];
  /** By `archiveId`. */
  unread?: ReadonlyMap<string, UnreadArchive> | undefined;
  /** By table. */
  bases?: ReadonlyMap<string, TableBase> | undefined;
  /** Tables whose history cannot be read, with the reason: they are refused, the others go on. */
  brokenBases?: ReadonlyMap<string, string> | undefined;
  /** The plan of the version before this one. */
  previous?: Plan | undefined;
}

/** Everything a version is planned from, in memory. */
export interface PlanInput extends Omit<PlanFacts, 'previous'> {
  version: number;
  /** By `archiveId`. An archive that landed without one, and is not in `unread`, is late. */
  manifests: ReadonlyMap<string, Manifest>;
  /** The version before this one, with all its table plans. */
  previous?: { plan: Plan; tables: ReadonlyMap<string, TablePlan> } | undefined;
}
