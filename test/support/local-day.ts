import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PinnedConfigs } from '../../src/activities/pinned-configs.js';
import type { PartnerConfig } from '../../src/config/partner-config.js';
import { rulesOf } from '../../src/config/rules-of.js';
import { type ArchiveRef, archiveId } from '../../src/ingest/archive-ref.js';
import { committedArchives } from '../../src/ingest/committed-archives.js';
import { extractArchive } from '../../src/ingest/extract-archive.js';
import { writeJsonOnce } from '../../src/ingest/json-object.js';
import { mergeTable } from '../../src/ingest/merge-table.js';
import { planNextVersion } from '../../src/ingest/plan-next-version.js';
import type { Publication } from '../../src/ingest/publication.js';
import { publishVersion } from '../../src/ingest/publish-version.js';
import { readReplayList } from '../../src/ingest/replay-list.js';
import type { ObjectStore } from '../../src/store/object-store.js';
import { layout, temporaryStore } from './manifests.js';
import { partnerConfig } from './partner.js';
import { tarFile, tarGz } from './tar-builder.js';

/** A partner-day without Temporal: real archives in a file store, and the stages one after the other. */
export class LocalDay {
  readonly layout = layout;
  config: PartnerConfig;

  private constructor(
    readonly store: ObjectStore,
    readonly root: string,
    readonly remove: () => Promise<void>,
    fields: Record<string, unknown>,
  ) {
    this.config = partnerConfig(fields);
  }

  static async create(fields: Record<string, unknown> = {}): Promise<LocalDay> {
    const { store, root, remove } = await temporaryStore();
    return new LocalDay(store, root, remove, fields);
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
    return `landing/${layout.partner}/${layout.date}/${name}`;
  }

  async landed(): Promise<ArchiveRef[]> {
    const landed: ArchiveRef[] = [];
    for await (const { key, etag, bytes } of this.store.list(this.key(''))) {
      landed.push({ source: 'main', key, etag, bytes });
    }
    return landed;
  }

  /** Extracts, plans, merges and publishes what has landed. `replay`: key of a replay list. */
  async run(replay?: string): Promise<Publication> {
    const { store, config } = this;
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
    const sources = [{ source: 'main', completedBy: 'sealed', landed }];
    await writeJsonOnce(store, arrivalsKey, { format: 1, sources, refused: [] });
    const configKey = await new PinnedConfigs(store).pin(layout, config);
    const { plan, tables } = await planNextVersion({
      store,
      layout,
      config,
      configKey,
      arrivalsKey,
      runId,
      ...(replay === undefined ? {} : { replay }),
    });
    for (const table of tables) {
      if (table.refused === undefined) await mergeTable({ store, layout, plan: table });
    }
    return publishVersion({
      store,
      layout,
      config,
      version: plan.version,
      failures: new Map(),
      publishedAt: '2026-11-21T06:00:00Z',
      workflowId: 'w',
      runId,
    });
  }
}
