import { z } from 'zod';
import { type Delivery, deliverySchema } from '../alerts/delivery-record.js';
import type { PartnerConfig } from '../config/partner-config.js';
import { readCompleteness } from '../ingest/arrivals/day-completeness.js';
import { addDays, openingInstant } from '../ingest/business-date.js';
import { readDayState } from '../ingest/day-state.js';
import { readJson } from '../ingest/documents/json-object.js';
import type { PartnerDayLayout } from '../ingest/layout.js';
import { dayFiguresSchema } from '../quality/day-figures.js';
import { anyQualityReportSchema } from '../quality/quality-report.js';
import type { DaySummary } from '../quality/summary-json.js';
import type { CallOptions, ObjectStore } from '../store/object-store.js';
import type { DayFacts } from './day-facts.js';
import { readIncidents } from './read-incidents.js';

const MINUTE = 60_000;
/** Published later than this, a day was run again or filled in: that says nothing about lateness. */
const LONGEST_MINUTES = 3 * 1_440;
const DELIVERED = /\/alerts\/delivered\/[^/]+\.json$/;
const FAILED = /\/alerts\/failed-[^/]+\.json$/;

/** We wrote it ourselves: the version of the format is what may differ. */
const summarySchema = z.custom<DaySummary>((value) => (value as { format?: unknown } | null)?.format === 1);

/** Everything the store tells of a day that a report shows; a handful of small objects. */
export async function readDayFacts(
  store: ObjectStore,
  layout: PartnerDayLayout,
  config: Pick<PartnerConfig, 'opensAt' | 'timeZone' | 'dateOffset'>,
  options: CallOptions = {},
): Promise<DayFacts> {
  const { date } = layout;
  const { deliveries, failures } = await readTold(store, layout, options);
  const state = await readDayState(store, layout, options);
  const publication = state.held ?? state.publication;
  const incidents = await readIncidents(store, layout, publication, failures, options);
  const told = { date, deliveries, failedRuns: failures.length, incidents };
  if (publication === undefined) return { ...told, sources: [] };
  const keys = layout.version(publication.version);
  const [summary, quality, completeness, figures] = await Promise.all([
    readJson(store, publication.summaryKey, summarySchema, options),
    readJson(store, keys.quality, anyQualityReportSchema, options),
    readCompleteness(store, layout, publication.version, options),
    readJson(store, keys.figures, dayFiguresSchema, options),
  ]);
  const opened = openingInstant(addDays(date, -config.dateOffset), config.opensAt, config.timeZone);
  const publishedAfter = Math.round((Date.parse(publication.publishedAt) - opened.getTime()) / MINUTE);
  return {
    ...told,
    publication,
    ...(summary === undefined ? {} : { summary }),
    ...(quality === undefined ? {} : { quality }),
    sources: completeness?.sources ?? [],
    ...(figures?.arrivedAfter === undefined ? {} : { arrivedAfter: figures.arrivedAfter }),
    ...(Math.abs(publishedAfter) > LONGEST_MINUTES ? {} : { publishedAfter }),
  };
}

async function readTold(
  store: ObjectStore,
  layout: PartnerDayLayout,
  options: CallOptions,
): Promise<{ deliveries: Delivery[]; failures: string[] }> {
  const deliveries: Delivery[] = [];
  const failures: string[] = [];
  for await (const { key, lastModified } of store.list(layout.alertsPrefix, options)) {
    if (FAILED.test(key)) failures.push((lastModified ?? new Date(0)).toISOString());
    if (!DELIVERED.test(key)) continue;
    const delivery = await readJson(store, key, deliverySchema, options);
    if (delivery !== undefined) deliveries.push(delivery);
  }
  deliveries.sort((a, b) => (a.at < b.at ? -1 : 1));
  return { deliveries, failures };
}
