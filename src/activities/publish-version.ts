import { carryCompleteness } from '../ingest/arrivals/day-completeness.js';
import { alertViews, PartnerDayLayout } from '../ingest/layout.js';
import { claimRepublication } from '../ingest/planning/claim-version.js';
import { readPointer } from '../ingest/publication/pointer.js';
import type { Publication } from '../ingest/publication/publication.js';
import { publishVersion as publish, VersionSpentError } from '../ingest/publication/publish-version.js';
import type { ControlActivities, PublishInput } from './contract.js';
import type { Dependencies } from './dependencies.js';
import { withPulse } from './heartbeat.js';
import { recordPublication } from './record-publication.js';

export function publishVersion({
  store,
  configs,
  metrics,
}: Dependencies): ControlActivities['publishVersion'] {
  return (input) =>
    withPulse(async ({ signal }) => {
      const layout = new PartnerDayLayout(input.partner, input.date);
      const config = await configs.read(input.configKey);
      const current = (await readPointer(store, layout, { signal }))?.publication;
      const failures = failuresOf(input, current);
      const { publishedAt, workflowId, runId } = input;
      const claim = async (after: number) =>
        (await claimRepublication(store, layout, input.version, after, { signal })).version;
      const attempt = (version: number) =>
        publish({ store, layout, config, version, failures, publishedAt, workflowId, runId, signal });
      let version = input.recovery ? await claim(input.version) : input.version;
      let publication: Publication;
      for (;;) {
        await carryCompleteness(store, layout, input.version, version, { signal });
        try {
          publication = await attempt(version);
          break;
        } catch (error) {
          // An earlier attempt described this version when other tables had merged.
          if (!(error instanceof VersionSpentError)) throw error;
          version = await claim(version);
        }
      }
      const { data } = alertViews(layout.version(publication.version).alert);
      const isAlerted = (await store.head(data, { signal })) !== undefined;
      await recordPublication(metrics, store, publication, { signal });
      return {
        version: publication.version,
        status: publication.status,
        score: publication.score,
        failedTables: publication.tables
          .filter(({ status }) => status !== 'merged')
          .map(({ table }) => table),
        summaryKey: publication.summaryKey,
        ...(isAlerted ? { alertKey: data } : {}),
      };
    });
}

/** Failures of this run; a table that failed earlier and was not tried again keeps its earlier reason. */
function failuresOf(input: PublishInput, current: Publication | undefined) {
  const failures = new Map<string, { error: string; tries: number; rounds: number }>();
  for (const { table, error } of current?.tables ?? []) {
    if (error !== undefined) failures.set(table, { error, tries: 0, rounds: 0 });
  }
  for (const { table, error, tries, rounds } of input.failures) failures.set(table, { error, tries, rounds });
  return failures;
}
