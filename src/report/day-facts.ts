import type { Delivery } from '../alerts/delivery-record.js';
import type { Completeness } from '../ingest/arrivals/completeness.js';
import type { Publication } from '../ingest/publication/publication.js';
import type { QualityReport } from '../quality/quality-report.js';
import type { DaySummary } from '../quality/summary-json.js';
import type { Incident } from './incidents.js';

/** What a report shows of `quality.json`. */
export type ShownQuality = Pick<
  QualityReport,
  'penalties' | 'formulaText' | 'gate' | 'timeline' | 'rules' | 'history' | 'whatIf'
>;

/** A day as a report sees it; all of it may be missing. */
export interface DayFacts {
  date: string;
  /** What readers see, or the version that waits for a decision. */
  publication?: Publication;
  summary?: DaySummary;
  quality?: ShownQuality;
  sources: Completeness[];
  /** Minutes after the opening of the day: its last archive, and its publication. */
  arrivedAfter?: number;
  publishedAfter?: number;
  /** Whom people were told over, and what. */
  deliveries: Delivery[];
  /** Runs that failed and published nothing. */
  failedRuns: number;
  incidents: Incident[];
}

/** `bad`: readers lack something, or the day waits for somebody. `warned`: published, and something is wrong. */
export type DayState = 'good' | 'warned' | 'bad' | 'held' | 'none';

export function stateOf({ publication, summary, quality, failedRuns }: DayFacts): DayState {
  if (publication === undefined) return failedRuns > 0 ? 'bad' : 'none';
  if (publication.status === 'held') return 'held';
  if (publication.tables.some(({ status }) => status !== 'merged')) return 'bad';
  const isShort = summary !== undefined && summary.verdict !== 'complete' && summary.verdict !== 'excess';
  const isWarned = quality !== undefined && quality.gate.outcome !== 'publish';
  const told = summary?.findings.some(({ severity }) => severity === 'error') ?? false;
  return isShort || isWarned || told ? 'warned' : 'good';
}

/** Never by colour alone: a sign and a word. */
export const STATE_SIGN: Record<DayState, string> = {
  good: '✓',
  warned: '!',
  bad: '✗',
  held: '‖',
  none: '·',
};
export const STATE_WORD: Record<DayState, string> = {
  good: 'published',
  warned: 'published with findings',
  bad: 'failed tables',
  held: 'held for a decision',
  none: 'nothing published',
};
