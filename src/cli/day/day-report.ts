import type { z } from 'zod';
import type { PartnerDayLayout } from '../../ingest/layout.js';
import { type Plan, planSchema, type TablePlan, tablePlanSchema } from '../../ingest/plan.js';
import { type Publication, type PublishedTable, publicationSchema } from '../../ingest/publication.js';
import type { Finding } from '../../quality/finding.js';
import { ObjectNotFoundError } from '../../store/errors.js';
import type { ObjectStore } from '../../store/object-store.js';

/** A partner-day as readers find it in the store; also what `run --wait -o json` prints. */
export interface DayReport {
  partner: string;
  date: string;
  /** `null`: nothing was ever published. */
  version: number | null;
  status: 'published' | 'held' | 'failed';
  score: number | null;
  verdict: Plan['verdict'] | null;
  publishedAt: string | null;
  /** Why nothing was published. */
  error: string | null;
  tables: TableReport[];
  ledger: unknown;
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
  missingFields: string[];
  error: string | null;
  /** Relative to the store's root; `null` when there are no rows for this date. */
  key: string | null;
  bytes: number;
  /** Newest earlier day with a good table, when this one failed. */
  lastGood: PublishedTable['lastGood'] | null;
}

/** `undefined` when nothing of this day was published. */
export async function readDay(store: ObjectStore, layout: PartnerDayLayout): Promise<DayReport | undefined> {
  const publication = await readJson(store, layout.published, publicationSchema);
  if (!publication) return undefined;
  const plan = await readJson(store, layout.version(publication.version).plan, planSchema);
  const plans = new Map<string, TablePlan>();
  for (const { table, version } of plan?.tables ?? []) {
    const tablePlan = await readJson(store, layout.version(version).tablePlan(table), tablePlanSchema);
    if (tablePlan) plans.set(table, tablePlan);
  }
  return reportOf(publication, plan, plans, await readLedger(store, publication.ledgerKey));
}

export function nothingPublished(partner: string, date: string, error: string): DayReport {
  return {
    partner,
    date,
    version: null,
    status: 'failed',
    score: null,
    verdict: null,
    publishedAt: null,
    error,
    tables: [],
    ledger: null,
    findings: [],
    summaryKey: null,
  };
}

function reportOf(
  publication: Publication,
  plan: Plan | undefined,
  plans: Map<string, TablePlan>,
  ledger: unknown,
): DayReport {
  const { partner, date, version, status, score, publishedAt, summaryKey } = publication;
  return {
    partner,
    date,
    version,
    status,
    score,
    verdict: plan?.verdict ?? null,
    publishedAt,
    error: null,
    tables: publication.tables.map((table) => tableReport(table, plans.get(table.table))),
    ledger,
    findings: [...(plan?.findings ?? []), ...[...plans.values()].flatMap((tablePlan) => tablePlan.findings)],
    summaryKey,
  };
}

function tableReport(published: PublishedTable, plan: TablePlan | undefined): TableReport {
  const cells = (plan?.rows ?? 0) * (plan?.columns.length ?? 0);
  const nulls = plan?.nulls.reduce((total, column) => total + column, 0) ?? 0;
  return {
    table: published.table,
    status: published.status,
    files: plan ? plan.members.merged + plan.members.quarantined : 0,
    rows: published.rows ?? 0,
    headerConsistent: plan?.headerConsistent ?? false,
    nullRatio: cells === 0 ? 0 : nulls / cells,
    missingFields: plan?.missingFields ?? [],
    error: published.error ?? null,
    key: published.key ?? null,
    bytes: published.bytes ?? 0,
    lastGood: published.lastGood ?? null,
  };
}

async function readLedger(store: ObjectStore, key: string): Promise<unknown> {
  try {
    return JSON.parse((await store.getBytes(key)).toString('utf8'));
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return null;
    throw error;
  }
}

async function readJson<S extends z.ZodType>(
  store: ObjectStore,
  key: string,
  schema: S,
): Promise<z.output<S> | undefined> {
  try {
    return schema.parse(JSON.parse((await store.getBytes(key)).toString('utf8')));
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return undefined;
    throw error;
  }
}
