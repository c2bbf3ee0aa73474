import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { PartnerConfig } from '../../../src/config/partner-config.js';
import { canonicalJson } from '../../../src/config/rules-id.js';
import { rulesOf } from '../../../src/config/rules-of.js';
import { writeJsonOnce } from '../../../src/ingest/documents/json-object.js';
import type { Manifest } from '../../../src/ingest/manifest.js';
import { buildPlan } from '../../../src/ingest/planning/build-plan.js';
import { claimRepublication } from '../../../src/ingest/planning/claim-version.js';
import type { Plan, TablePlan } from '../../../src/ingest/planning/plan.js';
import { planNextVersion } from '../../../src/ingest/planning/plan-next-version.js';
import { readPlannedVersion } from '../../../src/ingest/planning/read-planned-version.js';
import { readPointer, switchPointer } from '../../../src/ingest/publication/pointer.js';
import { basesOfFirstVersion, readTableBases } from '../../../src/ingest/publication/registry.js';
import type { Finding } from '../../../src/quality/finding.js';
import type { ObjectStore } from '../../../src/store/object-store.js';
import {
  type ArchiveSpec,
  DATE,
  type Extracted,
  extracted,
  layout,
  PARTNER,
  temporaryStore,
} from '../../support/manifests.js';
import { partnerConfig } from '../../support/partner.js';

/** A day of manifests that were never archives: planned and published version by version, without a merge. */
class PlannedDays {
  /** Keys of manifests that planning read. */
  readonly read: string[] = [];
  readonly #all = new Map<string, Manifest>();
  readonly #listed = new Map<string, Extracted>();
  #run = 0;

  private constructor(
    readonly store: ObjectStore,
    readonly root: string,
    public config: PartnerConfig,
    readonly remove: () => Promise<void>,
  ) {}

  static async create(config: PartnerConfig = partnerConfig()): Promise<PlannedDays> {
    const { store, root, remove } = await temporaryStore();
    return new PlannedDays(store, root, config, remove);
  }

  manifestKey({ id }: Extracted): string {
    return layout.manifest(id, rulesOf(this.config).rulesId);
  }

  async commit({ id, manifest, archive }: Extracted): Promise<void> {
    if (this.#all.has(id)) return;
    const { rulesId } = rulesOf(this.config);
    const committed = { ...manifest, rulesId, archive };
    this.#all.set(id, committed);
    await writeJsonOnce(this.store, layout.manifest(id, rulesId), committed);
  }

  /** Lands these archives, over those of their names, and plans; it must come to what planning anew comes to. */
  async requireSame(landed: readonly Extracted[]): Promise<{ plan: Plan; tables: Map<string, TablePlan> }> {
    for (const one of landed) {
      await this.commit(one);
      this.#listed.set(one.archive.key, one);
    }
    const { next, anew, version } = await this.plan([...this.#listed.values()]);
    expect(next).toBe(anew);
    return readPlannedVersion(this.store, layout, version);
  }

  /** As when a table recovers: the same plan under the next version. */
  async republish(): Promise<void> {
    const { version } = (await readPointer(this.store, layout))!.publication;
    await this.#publish((await claimRepublication(this.store, layout, version, version)).version);
  }

  /** Plans what is listed now and lets readers see it. Gives what it came to, and what planning anew comes to. */
  async plan(listed: readonly Extracted[]): Promise<{ next: string; anew: string; version: number }> {
    const { store, config } = this;
    const landed = listed.map(({ archive }) => archive);
    const runId = `run-${++this.#run}`;
    const arrivalsKey = layout.arrivals(runId, 0);
    await writeJsonOnce(store, arrivalsKey, {
      format: 1,
      sources: [{ source: 'main', completedBy: 'signal', landed }],
      refused: [],
    });
    const before = await readPointer(store, layout);
    const previous =
      before === undefined ? undefined : await readPlannedVersion(store, layout, before.publication.version);
    this.read.length = 0;
    const counting = new Proxy(store, {
      get: (target, property) => {
        const value = Reflect.get(target, property, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          if (property.toString().startsWith('get') && String(args[0]).endsWith('/manifest.json')) {
            this.read.push(String(args[0]));
          }
          return value.apply(target, args);
        };
      },
    });
    const { plan, published } = await planNextVersion({
      store: counting,
      layout,
      config,
      configKey: 'config',
      arrivalsKey,
      runId,
    });
    const { version } = plan;
    const registry = await readTableBases(store, layout);
    const { bases, broken } = previous ? basesOfFirstVersion(previous.tables.values(), registry) : registry;
    const scratch = buildPlan({
      partner: PARTNER,
      date: DATE,
      version,
      configKey: 'config',
      config,
      verdict: 'complete',
      landed,
      manifests: this.#planned(listed, previous?.plan),
      bases,
      brokenBases: broken,
      previous,
    });
    const { plan: stored, tables } = await readPlannedVersion(store, layout, version);
    const { index: _, ...comparable } = stored;
    if (!published) await this.#publish(version);
    return {
      next: canonicalJson([comparable, [...tables.values()]]),
      anew: canonicalJson([scratch.plan, scratch.tables]),
      version,
    };
  }

  /** Of what is listed, and of what the version before was planned from: nobody looks for others. */
  #planned(listed: readonly Extracted[], previous: Plan | undefined): Map<string, Manifest> {
    const committed = (previous?.archives ?? []).filter(({ rulesId }) => rulesId !== undefined);
    const ids = new Set([...listed.map(({ id }) => id), ...committed.map(({ archiveId }) => archiveId!)]);
    return new Map([...this.#all].filter(([id]) => ids.has(id)));
  }

  async #publish(version: number): Promise<void> {
    const ids = { partner: PARTNER, date: DATE, publishedAt: '', workflowId: '', runId: '' };
    await switchPointer(this.store, layout, await readPointer(this.store, layout), {
      ...ids,
      format: 1,
      version,
      status: 'published',
      tables: [],
      score: 100,
      summaryKey: '',
      ledgerKey: '',
    });
  }
}

const HEADERS = [['id', 'price'], ['price', 'id'], ['id'], ['id', 'tax', 'price']];

const member = fc.record({
  name: fc.constantFrom('orders_1', 'orders_2', 'orders_3', 'items_1', 'items_2', 'notes_1'),
  header: fc.constantFrom(...HEADERS),
  values: fc.array(fc.constantFrom('1', '', 'x', '2.5'), { maxLength: 3 }),
  outcome: fc.constantFrom('loaded', 'loaded', 'loaded', 'quarantined', 'skipped', 'duplicate'),
  quarantined: fc.constantFrom(0, 0, 1),
});

const draft = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  etag: fc.constantFrom('e1', 'e2'),
  outcome: fc.constantFrom('whole', 'whole', 'whole', 'salvaged', 'rejected'),
  members: fc.array(member, { maxLength: 4 }),
  findings: fc.constantFrom(0, 0, 1, 40, 130),
});

/** What is added to the listing, and what is gone from it, before each version. */
const history = fc.array(
  fc.record({
    landed: fc.array(draft, { maxLength: 4 }),
    late: fc.nat(5),
    gone: fc.constantFrom('', '', 'a', 'c'),
  }),
  { minLength: 2, maxLength: 5 },
);

const settings = fc.record({
  onReusedName: fc.constantFrom('keep', 'quarantine'),
  columns: fc.constantFrom('evolve', 'evolve', 'freeze', 'discard', 'quarantine'),
  tables: fc.constantFrom('evolve', 'evolve', 'freeze', 'discard', 'quarantine'),
  required: fc.constantFrom([], ['price']),
});

describe('a version planned from the one before and the new manifests', () => {
  it('is the same, byte for byte, as planned from all manifests, whatever came when', async () => {
    let incremental = 0;
    await fc.assert(
      fc.asyncProperty(history, settings, async (steps, { onReusedName, columns, tables, required }) => {
        const orders = { columns: ['id', 'price'], required, contract: { columns } };
        const config = partnerConfig({
          members: { onReusedName },
          contract: { tables },
          tables: { orders, items: {} },
        });
        const day = await PlannedDays.create(config);
        try {
          const listed = new Map<string, Extracted>();
          let committed = 0;
          for (const { landed, late, gone } of steps) {
            listed.delete(gone);
            for (const [index, one] of landed.entries()) {
              const archive = archiveOf(one);
              listed.set(one.name, archive);
              // What is not committed lands too late for this version.
              if (index !== late) await day.commit(archive);
            }
            const known = committed;
            const { next, anew, version } = await day.plan([...listed.values()]);
            expect(next).toBe(anew);
            if (version > 1 && day.read.length < known) incremental++;
            committed = new Set([...listed.values()]).size;
          }
        } finally {
          await day.remove();
        }
      }),
      { numRuns: process.env.PARTNERDAY_DEEP === '1' ? 3_000 : 40 },
    );
    expect(incremental).toBeGreaterThan(0);
  });

  it('reads the manifest of the archive that is new, and plans only the tables that are in it', async () => {
    const day = await dayOf([of('a', 'orders_a', 'items_a'), of('c', 'orders_c', 'items_c')]);
    const b = of('b', 'orders_b');
    const { plan } = await day.requireSame([b]);
    expect(day.read).toEqual([day.manifestKey(b)]);
    expect(plan.tables).toEqual([
      { table: 'items', version: 1 },
      { table: 'orders', version: 2 },
    ]);
  });

  it('takes the rows of a superseded archive out of its tables, and reads only what replaced it', async () => {
    const day = await dayOf([of('a', 'orders_a', 'items_a'), of('b', 'orders_b', 'notes_b')]);
    const resent = of('a', 'orders_a2');
    const { plan, tables } = await day.requireSame([resent]);
    expect(day.read).toEqual([day.manifestKey(resent)]);
    expect(plan.tables).toEqual([
      { table: 'notes', version: 1 },
      { table: 'orders', version: 2 },
    ]);
    expect(tables.get('orders')!.members.merged).toBe(2);
  });

  it('knows the members of the archives before, and their bytes', async () => {
    const day = await dayOf([of('a', 'orders_1'), of('b', 'orders_2')]);
    const again = of('c', 'orders_1', 'orders_3');
    const { tables } = await day.requireSame([again]);
    expect(day.read).toEqual([day.manifestKey(again)]);
    expect(tables.get('orders')!.members).toEqual({ merged: 3, quarantined: 0, duplicate: 1 });
  });

  it('reads an archive again only where its part has changed: a member of it came before, too', async () => {
    const b = of('b', 'orders_1', 'orders_2');
    const day = await dayOf([b, of('c', 'orders_3')]);
    const a = of('a', 'orders_1', 'orders_0');
    await day.requireSame([a]);
    expect(day.read.sort()).toEqual([day.manifestKey(a), day.manifestKey(b)].sort());
  });

  it('sets every bearer of a reused name aside, the one of the version before, too', async () => {
    const config = partnerConfig({ members: { onReusedName: 'quarantine' } });
    const b = of('b', 'orders_1');
    const day = await dayOf([b, of('c', 'orders_3')], config);
    const other = extracted({
      name: 'd',
      members: [{ name: 'orders_1', header: HEADERS[0]!, rows: [['7', '7']] }],
    });
    const { tables } = await day.requireSame([other]);
    expect(tables.get('orders')!.members).toEqual({ merged: 1, quarantined: 2, duplicate: 0 });
    expect(new Set(day.read)).toEqual(new Set([day.manifestKey(other), day.manifestKey(b)]));
  });

  it('goes on after a version that was published again without being planned', async () => {
    const day = await dayOf([of('a', 'orders_a'), of('b', 'items_b')]);
    await day.republish();
    const c = of('c', 'orders_c');
    const { plan } = await day.requireSame([c]);
    expect(plan.version).toBe(3);
    expect(day.read).toEqual([day.manifestKey(c)]);
  });

  it('is planned from all manifests where the index of the version before is lost, broken or of other rules', async () => {
    const archives = [of('a', 'orders_a'), of('b', 'items_b')];
    const { archiveIndex, memberIndex } = layout.version(1);
    for (const key of [archiveIndex, memberIndex, layout.version(1).tableIndex('orders')]) {
      for (const change of [
        (day: PlannedDays) => day.store.delete(key),
        (day: PlannedDays) => writeFile(join(day.root, key), '{"form'),
      ]) {
        const day = await dayOf(archives);
        await change(day);
        await day.requireSame([of('c', 'orders_c')]);
        expect(new Set(day.read).size).toBe(3);
      }
    }
    const day = await dayOf(archives);
    day.config = partnerConfig({
      tables: { orders: { columns: ['price', 'id'], contract: { columns: 'freeze' } } },
    });
    await day.requireSame([of('c', 'orders_c')]);
    expect(day.read.length).toBeGreaterThan(1);
  });

  it('is planned from all manifests where too much of what was told of the archives before is gone', async () => {
    const told = (name: string, etag: string, findings: number) =>
      extracted({
        name,
        etag,
        members: [{ name: `orders_${name}_${etag}`, header: HEADERS[0]!, rows: [['1', etag]] }],
        findings: Array.from({ length: findings }, (_, index) => noted(name, index)),
      });
    const names = Array.from({ length: 60 }, (_, index) => `a${100 + index}`);
    const day = await dayOf(names.map((name) => told(name, 'e1', 20)));
    // The first names of a header, and the findings that are kept in full, are those of the first archives.
    await day.requireSame(names.slice(0, 3).map((name) => told(name, 'e2', 0)));
    expect(day.read).toHaveLength(3);
    await day.requireSame(names.slice(0, 59).map((name) => told(name, 'e3', 0)));
    expect(day.read.length).toBeGreaterThan(59);
  });
});

const days: PlannedDays[] = [];
afterEach(async () => {
  for (const day of days.splice(0)) await day.remove();
});

/** A day whose first version consists of these archives. */
async function dayOf(archives: readonly Extracted[], config?: PartnerConfig): Promise<PlannedDays> {
  const day = await PlannedDays.create(config);
  days.push(day);
  await day.requireSame(archives);
  return day;
}

/** An archive of members with one row each. */
function of(name: string, ...members: string[]): Extracted {
  return extracted({
    name,
    members: members.map((member) => ({ name: member, header: HEADERS[0]!, rows: [['1', member]] })),
  });
}

function archiveOf({ members, findings, ...spec }: Draft): Extracted {
  const names = new Map(members.map((one) => [one.name, one]));
  return extracted({
    ...(spec as Omit<ArchiveSpec, 'members'>),
    members: [...names.values()].map(({ values, header, outcome, ...rest }) => ({
      ...rest,
      header: [...header],
      outcome: outcome as 'loaded',
      rows: values.map((value) => header.map(() => value)),
    })),
    findings: Array.from({ length: findings }, (_, index) => noted(spec.name, index)),
  });
}

interface Draft {
  name: string;
  etag: string;
  outcome: string;
  members: { name: string; header: string[]; values: string[]; outcome: string; quarantined: number }[];
  findings: number;
}

/** Of the archive, of a table it may hold, and of one it never holds. */
function noted(archive: string, index: number): Finding {
  const tables = [undefined, 'orders', 'items', 'elsewhere'];
  const table = tables[index % tables.length];
  return {
    code: 'member-encoding',
    severity: 'warning',
    detail: `${index}`,
    archive,
    ...(table === undefined ? {} : { table }),
  };
}
