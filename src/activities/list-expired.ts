import { log } from '@temporalio/activity';
import { relationColumns } from '../config/table-relation.js';
import type { ArchiveRef } from '../ingest/archive-ref.js';
import { writeJsonOnce } from '../ingest/documents/json-object.js';
import { dealGroups, fillSlice, writeSlice } from '../ingest/extraction/slice.js';
import { PartnerDayLayout } from '../ingest/layout.js';
import { pinnedConfig } from '../ingest/pinned-rules.js';
import type { Expired } from '../ingest/retention/expired-note.js';
import { findExpired, findExpiredAside } from '../ingest/retention/expired-segments.js';
import type { ControlActivities, ExpiredArchives } from './contract.js';
import type { Dependencies } from './dependencies.js';
import { withPulse } from './heartbeat.js';
import { sliceRef } from './slice-ref.js';

/** Slices of archives that are to be read again, each by the rules it was read by, and a note of it beside the day. */
export function listExpired({ store, configs }: Dependencies): ControlActivities['listExpired'] {
  return ({ partner, date, runId, tables: all, nextSlice, relationsOf }) =>
    withPulse(async ({ signal, progress }) => {
      const call = { signal };
      const layout = new PartnerDayLayout(partner, date);
      const needed =
        relationsOf === undefined
          ? undefined
          : relationColumns((await configs.read(relationsOf)).quality.rules);
      const tables = all.filter(({ table }) => needed === undefined || needed.has(table));
      const find = needed === undefined ? findExpired : findExpiredAside;
      const expired = await find(store, layout, tables, call);
      progress();
      const byRules = new Map<string, ArchiveRef[]>();
      for (const { archive, rulesId } of expired)
        byRules.set(rulesId, [...(byRules.get(rulesId) ?? []), archive]);
      const slices: ExpiredArchives['slices'] = [];
      for (const [rulesId, archives] of byRules) {
        const { key: configKey } = await pinnedConfig(store, layout, rulesId, call);
        for (let left = archives; left.length > 0; ) {
          const some = fillSlice(left);
          left = left.slice(some.length);
          const index = nextSlice + slices.length;
          const key = layout.slice(runId, index);
          const slice = await writeSlice(store, key, { format: 1, groups: dealGroups(some), again: true });
          slices.push({ ...sliceRef(index, key, slice), configKey });
          progress();
        }
      }
      const archives = expired.map(({ archive }) => archive);
      if (archives.length > 0) {
        const note: Expired = { format: 1, tables: tables.map(({ table }) => table), archives };
        await writeJsonOnce(store, layout.expired(runId, nextSlice), note, call);
        log.warn('rows have expired that a merge needs: their archives are read again', {
          partner,
          date,
          archives: archives.length,
        });
      }
      return {
        archives: archives.length,
        bytes: archives.reduce((sum, archive) => sum + archive.bytes, 0),
        slices,
      };
    });
}
