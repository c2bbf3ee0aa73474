import { log } from '@temporalio/activity';
import { rulesOf } from '../config/rules-of.js';
import { DomainError } from '../errors.js';
import { readSlice } from '../ingest/extraction/slice.js';
import { recordUnread } from '../ingest/extraction/unread.js';
import { PartnerDayLayout } from '../ingest/layout.js';
import type { ExtractActivities, ExtractGroupResult } from './contract.js';
import type { Dependencies } from './dependencies.js';
import { WorkerDraining } from './failure.js';
import { withPulse } from './heartbeat.js';
import { recordArchive } from './record-archive.js';

/**
 * Commits the archives of a group, one after the other. An archive that fails does not stop its neighbours; one that
 * is committed already is passed over, so a repeat does only what is left.
 */
export function extractGroup({
  store,
  configs,
  draining,
  extractor,
  metrics,
}: Dependencies): ExtractActivities['extractGroup'] {
  return (input) =>
    withPulse(async ({ signal, progress }) => {
      const layout = new PartnerDayLayout(input.partner, input.date);
      const { rules, rulesId } = rulesOf(await configs.read(input.configKey));
      const { groups, again = false } = await readSlice(store, input.sliceKey);
      const group = groups[input.group] ?? [];
      const result: ExtractGroupResult = { done: 0, rows: 0, bytes: 0, findings: 0, failed: [] };
      for (const [position, archive] of group.entries()) {
        if (input.only && !input.only.includes(position)) continue;
        if (draining.aborted) throw new WorkerDraining();
        try {
          const extracted = await extractor.extract(
            { partner: input.partner, date: input.date, archive, rules, rulesId, again },
            { signal, onProgress: (bytes) => progress({ archive: archive.key.slice(-200), bytes }) },
          );
          if (extracted.figures) recordArchive(metrics, input.partner, archive.bytes, extracted.figures);
          result.done++;
          result.rows += extracted.rows;
          result.bytes += archive.bytes;
          result.findings += extracted.findings;
        } catch (error) {
          if (signal.aborted) throw error;
          const failure = failureOf(error);
          log.warn('archive failed', { archive: archive.key, error, transient: failure.transient });
          if (input.last || !failure.transient) {
            await recordUnread(store, layout, input.sliceKey, input.group, position, { archive, ...failure });
            metrics.add('partnerday_archives', 1, { partner: input.partner, code: 'unread' });
          }
          metrics.add('partnerday_failed_tries', 1, {
            partner: input.partner,
            stage: 'extract',
            code: failure.type,
          });
          result.failed.push({ position, key: archive.key, ...failure });
        }
        progress();
      }
      return result;
    });
}

/** A defect of ours is no reason to give up the archive's neighbours, or the day: it is reported like any failure. */
function failureOf(error: unknown): { type: string; error: string; transient: boolean } {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const transient = error instanceof DomainError ? error.transient : true;
  return {
    type: error instanceof DomainError ? name : 'UnexpectedError',
    error: message.slice(0, 500),
    transient,
  };
}
