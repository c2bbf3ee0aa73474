import { z } from 'zod';
import type { Completeness } from '../../ingest/arrivals/completeness.js';
import { readCompleteness } from '../../ingest/arrivals/day-completeness.js';
import { readDayState } from '../../ingest/day-state.js';
import { requireJson } from '../../ingest/documents/json-object.js';
import type { PartnerDayLayout } from '../../ingest/layout.js';
import type { Plan } from '../../ingest/planning/plan.js';
import { type Ledger, ledgerSchema } from '../../ingest/publication/ledger.js';
import type { Publication, PublishedTable } from '../../ingest/publication/publication.js';
import type { Finding } from '../../quality/finding.js';
import type { DaySummary } from '../../quality/summary-json.js';
import type { ObjectStore } from '../../store/object-store.js';

/** A partner-day as the store tells it; also what `run --wait -o json` prints. Keys are relative to the store's root. */
export interface DayReport {
  partner: string;
  date: string;
  /** `null`: nothing was ever published. */
  version: number | null;
  /** `held`: this version waits for a decision, and readers still see the one before. */
  status: 'published' | 'held' | 'failed';
  score: number | null;
  verdict: Plan['verdict'] | null;
  /** Whether each source had sent everything, and by what evidence. */
  sources: Completeness[];
  publishedAt: string | null;
  /** Why nothing was published. */
  error: string | null;
  /** Archives by what became of them. */
  archives: Record<string, number>;
  tables: TableReport[];
  ledger: Ledger | null;
  /** Most severe first. */
  findings: Finding[];
  summaryKey: string | null;
}

export interface TableReport {
  table: string;
  status: PublishedTable['status'];
  /** Members merged and quarantined. */
  files: number;
  rows: number;
  headerConsistent: boolean;
  /** Null cells of all cells, 0..1. */
  nullRatio: number;
  missingFields: readonly string[];
  error: string | null;
  /** `null` when there are no rows for this date. */
  key: string | null;
  bytes: number;
  /** Newest earlier day with a good table, when this one failed. */
  lastGood: NonNullable<PublishedTable['lastGood']> | null;
}

/** `undefined` when nothing of this day was published or held. */
export async function readDay(store: ObjectStore, layout: PartnerDayLayout): Promise<DayReport | undefined> {
  const state = await readDayState(store, layout);
  const publication = state.held ?? state.publication;
  if (!publication) return undefined;
  const summary = await requireJson(store, publication.summaryKey, summarySchema);
  const ledger = await requireJson(store, publication.ledgerKey, ledgerSchema);
  const completeness = await readCompleteness(store, layout, publication.version);
  return reportOf(publication, summary, ledger, completeness?.sources ?? []);
}

/** What a run that published nothing leaves to tell. */
export function nothingPublished(partner: string, date: string, error: string): DayReport {
  return {
    partner,
    date,
    version: null,
    status: 'failed',
    score: null,
    verdict: null,
    sources: [],
    publishedAt: null,
    error,
    archives: {},
    tables: [],
    ledger: null,
    findings: [],
    summaryKey: null,
  };
}

/** We wrote it ourselves, checked by CRC: the version of the format is what may differ. */
export const summarySchema = z.custom<DaySummary>(
  (value) => (value as { format?: unknown } | null)?.format === 1,
);

function reportOf(
  publication: Publication,
  summary: DaySummary,
  ledger: Ledger,
  sources: Completeness[],
): DayReport {
  const { partner, date, version, status, score, publishedAt, summaryKey } = publication;
  const published = new Map(publication.tables.map((table) => [table.table, table]));
  return {
    partner,
    date,
    version,
    status,
    score,
    verdict: summary.verdict,
    sources,
    publishedAt,
    error: null,
    archives: summary.archives,
    tables: summary.tables.map((table) => ({
      table: table.table,
      status: table.status,
      files: table.files,
      rows: table.rows,
      headerConsistent: table.headerConsistent,
      nullRatio: table.nullRatio,
      missingFields: table.missingFields,
      error: table.error,
      key: table.key,
      bytes: table.bytes ?? 0,
      lastGood: published.get(table.table)?.lastGood ?? null,
    })),
    ledger,
    findings: summary.findings,
    summaryKey,
  };
}
