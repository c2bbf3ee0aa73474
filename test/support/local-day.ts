import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PinnedConfigs } from '../../src/activities/pinned-configs.js';
import type { PartnerConfig } from '../../src/config/partner-config.js';
import { rulesOf } from '../../src/config/rules-of.js';
import { type ArchiveRef, archiveId } from '../../src/ingest/archive-ref.js';
import type { SourceArrivals } from '../../src/ingest/arrivals/arrivals.js';
import { carryCompleteness, writeCompleteness } from '../../src/ingest/arrivals/day-completeness.js';
import { writeJsonOnce } from '../../src/ingest/documents/json-object.js';
import { extractArchive } from '../../src/ingest/extraction/extract-archive.js';
import type { PartnerDayLayout } from '../../src/ingest/layout.js';
import { mergeTable } from '../../src/ingest/merging/merge-table.js';
import { pinnedConfig } from '../../src/ingest/pinned-rules.js';
import { claimRepublication } from '../../src/ingest/planning/claim-version.js';
import { committedArchives } from '../../src/ingest/planning/committed-archives.js';
import type { TablePlan } from '../../src/ingest/planning/plan.js';
import { planNextVersion } from '../../src/ingest/planning/plan-next-version.js';
import { readPlan, readTablePlan } from '../../src/ingest/planning/read-plan.js';
import { planToMerge } from '../../src/ingest/planning/table-reuse.js';
import type { Publication } from '../../src/ingest/publication/publication.js';
import { publishVersion, VersionSpentError } from '../../src/ingest/publication/publish-version.js';
import { readReplayList } from '../../src/ingest/quarantine/replay-list.js';
import { checkRelations } from '../../src/ingest/relations/check-relations.js';
import {
  findExpired,
  findExpiredAside,
  isSegment,
  restoreSegments,
} from '../../src/ingest/retention/expired-segments.js';
import { ObjectNotFoundError } from '../../src/store/errors.js';
import type { ObjectStore } from '../../src/store/object-store.js';
import { temporaryStore, layout as theDay } from './manifests.js';
import { partnerConfig } from './partner.js';
import { tarFile, tarGz } from './tar-builder.js';

/** A partner-day without Temporal: real archives in a file store, and the stages one after the other. */
export class LocalDay {
  config: PartnerConfig;
  /** What the source said of itself. */
  said: Omit<SourceArrivals, 'source' | 'landed'> = { completedBy: 'sealed' };
  /** Archives that were read again because a merge needed rows that had expired. */
  readonly readAgain: string[] = [];
  /** Tables that cannot be merged. */
  readonly failing: string[] = [];

  private constructor(
    readonly store: ObjectStore,
    readonly root: string,
    readonly remove: () => Promise<void>,
    fields: Record<string, unknown>,
    readonly layout: PartnerDayLayout = theDay,
  ) {
    this.config = partnerConfig(fields);
  }

  static async create(fields: Record<string, unknown> = {}): Promise<LocalDay> {
    const { store, root, remove } = await temporaryStore();
    return new LocalDay(store, root, remove, fields);
  }

  /** Another day of the same partner, in the same store. */
  on(date: string): LocalDay {
    const day = new LocalDay(this.store, this.root, this.remove, {}, this.layout.on(date));
    day.config = this.config;
    day.said = this.said;
    return day;
  }

  /** A day of a store that is there already. */
  static at(store: ObjectStore, root: string, date: string, fields: Record<string, unknown> = {}): LocalDay {
    return new LocalDay(store, root, async () => {}, fields, theDay.on(date));
  }

  /** The same day, seen through another store: e.g. one that fails. */
  through(store: ObjectStore): LocalDay {
    const day = new LocalDay(store, this.root, this.remove, {}, this.layout);
    day.config = this.config;
    day.said = this.said;
    return day;
  }

  reconfigure(fields: Record<string, unknown>): void {
    this.config = partnerConfig(fields);
  }

  /** Lands an archive of these members, or these very bytes; over one of that name, if there is one. */
  async land(name: string, content: Record<string, string | Buffer> | Buffer): Promise<void> {
    const bytes = Buffer.isBuffer(content)
      ? content
      : tarGz(...Object.entries(content).map(([member, data]) => tarFile(member, data)));
    const path = join(this.root, this.key(name));
    await mkdir(dirname(path), { recursive: true });
    await rm(path, { force: true });
    await writeFile(path, bytes);
  }

  key(name: string): string {
    const { partner, date } = this.layout;
    return `landing/${partner}/${date}/${name}`;
  }

  async landed(): Promise<ArchiveRef[]> {
    const landed: ArchiveRef[] = [];
    for await (const { key, etag, bytes } of this.store.list(this.key(''))) {
      landed.push({ source: 'main', key, etag, bytes });
    }
    return landed;
  }

  /** Extracts, plans, merges and publishes what has landed. `replay`: key of a replay list; `failing`: tables. */
  async run(replay?: string, failing: readonly string[] = this.failing): Promise<Publication> {
    const { store, config, layout } = this;
    const { rules, rulesId } = rulesOf(config);
    const landed = await this.landed();
    const committed = new Set(
      (await committedArchives(store, layout)).map(({ key, etag }) => `${key} ${etag}`),
    );
    const again = new Set((await readReplayList(store, replay)).map(archiveId));
    for (const archive of landed) {
      if (committed.has(`${archive.key} ${archive.etag}`) && !again.has(archiveId(archive))) continue;
      await extractArchive({ store, layout, archive, rules, rulesId });
    }
    const runId = randomUUID();
    const arrivalsKey = layout.arrivals(runId, 0);
    const sources = [{ source: 'main', ...this.said, landed }];
    await writeJsonOnce(store, arrivalsKey, { format: 1, sources, refused: [] });
    const configKey = await new PinnedConfigs(store).pin(layout, config);
    const { plan, tables, published } = await planNextVersion({
      store,
      layout,
      config,
      configKey,
      arrivalsKey,
      runId,
      ...(replay === undefined ? {} : { replay }),
    });
    if (!published) await writeCompleteness(store, layout, plan.version, arrivalsKey);
    for (const { head } of tables) {
      if (head.refused !== undefined || failing.includes(head.table)) continue;
      await this.#merge(await readTablePlan(store, layout.version(head.version), head.table));
    }
    await this.#check(plan.version);
    return this.#publish(plan.version, runId, failing);
  }

  /** The rules across tables, as the workflow does it. */
  async #check(version: number): Promise<void> {
    const { store, layout, config } = this;
    const check = () => checkRelations({ store, layout, config, version });
    try {
      await check();
    } catch (error) {
      if (!(error instanceof ObjectNotFoundError) || !isSegment(layout, error.key)) throw error;
      const { tables } = await readPlan(store, layout.version(version));
      for (const { archive, rulesId } of await findExpiredAside(store, layout, tables)) {
        this.readAgain.push(archive.key);
        const { rules } = await pinnedConfig(store, layout, rulesId);
        await restoreSegments({ store, layout, archive, rules, rulesId });
      }
      await check();
    }
  }

  async #publish(planned: number, runId: string, failing: readonly string[]): Promise<Publication> {
    const { store, config, layout } = this;
    for (let version = planned; ; ) {
      try {
        await carryCompleteness(store, layout, planned, version);
        return await publishVersion({
          store,
          layout,
          config,
          version,
          failures: new Map(failing.map((table) => [table, { error: 'away', tries: 1, rounds: 1 }])),
          publishedAt: '2026-11-21T06:00:00Z',
          workflowId: 'w',
          runId,
        });
      } catch (error) {
        if (!(error instanceof VersionSpentError)) throw error;
        version = (await claimRepublication(store, layout, planned, version)).version;
      }
    }
  }

  /** As the workflow does it: where rows have expired, their archives are read again. */
  async #merge(planned: TablePlan): Promise<void> {
    const { store, layout } = this;
    const plan = await planToMerge(store, planned);
    try {
      await mergeTable({ store, layout, plan });
    } catch (error) {
      if (!(error instanceof ObjectNotFoundError) || !isSegment(layout, error.key)) throw error;
      for (const { archive, rulesId } of await findExpired(store, layout, [plan])) {
        this.readAgain.push(archive.key);
        const { rules } = await pinnedConfig(store, layout, rulesId);
        await restoreSegments({ store, layout, archive, rules, rulesId });
      }
      await mergeTable({ store, layout, plan });
    }
  }
}
