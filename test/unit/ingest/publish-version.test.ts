import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PartnerConfig } from '../../../src/config/partner-config.js';
import { readDayState } from '../../../src/ingest/day-state.js';
import { encodeJson, writeJsonOnce } from '../../../src/ingest/documents/json-object.js';
import { UnreadableObjectError } from '../../../src/ingest/documents/unreadable-object.js';
import { PartnerDayLayout } from '../../../src/ingest/layout.js';
import { mergeTable } from '../../../src/ingest/merging/merge-table.js';
import { type BuiltPlan, buildPlan } from '../../../src/ingest/planning/build-plan.js';
import { claimRepublication, claimVersion } from '../../../src/ingest/planning/claim-version.js';
import type { TablePlan } from '../../../src/ingest/planning/plan.js';
import type { PlanInput } from '../../../src/ingest/planning/plan-input.js';
import { readPlannedVersion } from '../../../src/ingest/planning/read-planned-version.js';
import type { MergeFailureRecord } from '../../../src/ingest/publication/gather-tables.js';
import { LedgerBrokenError } from '../../../src/ingest/publication/ledger.js';
import type { Publication } from '../../../src/ingest/publication/publication.js';
import {
  publishVersion,
  StaleVersionError,
  VersionSpentError,
} from '../../../src/ingest/publication/publish-version.js';
import {
  basesOfFirstVersion,
  findLastGood,
  readTableBases,
} from '../../../src/ingest/publication/registry.js';
import { releaseVersion } from '../../../src/ingest/publication/release-version.js';
import { verifyDay } from '../../../src/ingest/publication/verify-day.js';
import type { FileStore } from '../../../src/store/file/file-store.js';
import {
  DATE,
  type Extracted,
  extracted,
  layout,
  manifestsOf,
  PARTNER,
  storeSegments,
  temporaryStore,
} from '../../support/manifests.js';
import { partnerConfig } from '../../support/partner.js';

let home: Awaited<ReturnType<typeof temporaryStore>>;
let store: FileStore;

beforeEach(async () => {
  home = await temporaryStore();
  store = home.store;
});
afterEach(() => home.remove());

const HEADER = ['id', 'price'];
const FAILED: MergeFailureRecord = { error: 'cannot write orders.csv: not a directory', tries: 5, rounds: 1 };

function drop(): Extracted[] {
  return ['a', 'b', 'c'].map((name) =>
    extracted({
      name: `${name}.tar.gz`,
      members: ['orders', 'items'].map((table) => ({
        name: `${table}_${name}`,
        header: HEADER,
        rows: [
          [name, '1'],
          [name, '2'],
        ],
      })),
    }),
  );
}

async function claimed(archives: readonly Extracted[], more: Partial<PlanInput> = {}): Promise<BuiltPlan> {
  await storeSegments(store, archives);
  const build = (version: number) =>
    buildPlan({
      partner: PARTNER,
      date: DATE,
      version,
      configKey: 'none',
      config: partnerConfig(),
      verdict: 'complete',
      landed: archives.map(({ archive }) => archive),
      manifests: manifestsOf(archives),
      ...more,
    });
  const { version } = await claimVersion({
    store,
    layout,
    plan: (next) => build(next).plan,
    write: async (keys, next) => {
      for (const table of build(next).tables) {
        if (table.version === next) await writeJsonOnce(store, keys.tablePlan(table.table), table);
      }
    },
  });
  return build(version);
}

async function merged({ tables }: BuiltPlan, except: string[] = []): Promise<void> {
  for (const plan of tables) if (!except.includes(plan.table)) await mergeTable({ store, layout, plan });
}

function publish(
  version: number,
  failures: Record<string, MergeFailureRecord> = {},
  config: PartnerConfig = partnerConfig(),
  runId = 'run-1',
): Promise<Publication> {
  return publishVersion({
    store,
    layout,
    config,
    version,
    failures: new Map(Object.entries(failures)),
    publishedAt: '2026-11-22T03:00:00.000Z',
    workflowId: `partner-day/${PARTNER}/${DATE}`,
    runId,
  });
}

async function readText(key: string): Promise<string> {
  return (await store.getBytes(key)).toString();
}

/** Merges a table by a plan that was changed after it was claimed, as a broken planner would have written it. */
async function tampered(change: (plan: TablePlan) => void): Promise<Promise<Publication>> {
  const built = await claimed(drop());
  const plan = built.tables.find(({ table }) => table === 'orders')!;
  const key = layout.version(1).tablePlan('orders');
  await store.delete(key);
  change(plan);
  await store.put(key, encodeJson(plan), { ifNoneMatch: '*' });
  await merged(built);
  return publish(1);
}

describe('publishing', () => {
  it('switches the pointer last, to tables that balance', async () => {
    await merged(await claimed(drop()));
    const publication = await publish(1);
    expect(publication).toMatchObject({ version: 1, status: 'published', score: 100 });
    expect(publication.tables.map(({ table, status, rows }) => [table, status, rows])).toEqual([
      ['items', 'merged', 6],
      ['orders', 'merged', 6],
    ]);
    const ledger = JSON.parse(await readText(publication.ledgerKey));
    expect(ledger.holds).toBe(true);
    expect(ledger.identities.map(({ name }: { name: string }) => name)).toEqual([
      'archives announced or landed',
      'bytes of archives',
      ...['items', 'orders'].flatMap((table) => [
        `rows of ${table}`,
        `ranges of ${table}`,
        `bytes of ${table}`,
        `crc32 of ${table}`,
      ]),
      'members seen',
      'rows read',
    ]);
    expect(await readText(layout.version(1).summaryText)).toContain(
      'Table: orders\n- Total files: 3\n- Merged rows: 6\n',
    );
    expect(await store.head(layout.version(1).alert)).toBeUndefined();
    expect((await verifyDay(store, layout)).ok).toBe(true);
  });

  it('is refused by the ledger when a range was dropped from the plan', async () => {
    const publishing = await tampered((plan) => plan.ranges.splice(1, 1)).catch((error) => error);
    expect(publishing).toBeInstanceOf(LedgerBrokenError);
    expect(publishing.message).toContain('rows of orders: 6 on one side, 4 on the other');
    expect(await store.head(layout.published)).toBeUndefined();
    expect(await store.head(layout.version(1).summaryText)).toBeUndefined();
  });

  it('is refused by the ledger when a range was taken twice', async () => {
    const publishing = await tampered((plan) => plan.ranges.push({ ...plan.ranges[0]! })).catch(
      (error) => error,
    );
    expect(publishing).toBeInstanceOf(LedgerBrokenError);
    expect(await store.head(layout.published)).toBeUndefined();
  });

  it('is refused by the ledger when one range was taken twice instead of another, and the sums agree', async () => {
    const publishing = await tampered((plan) => plan.ranges.splice(1, 1, { ...plan.ranges[0]! })).catch(
      (error) => error,
    );
    expect(publishing).toBeInstanceOf(LedgerBrokenError);
    expect(publishing.identity).toMatchObject({ name: 'ranges of orders', left: 3, right: 2 });
    expect(await store.head(layout.published)).toBeUndefined();
  });

  it('is refused by the ledger when the store holds other bytes than were merged', async () => {
    await merged(await claimed(drop()));
    await writeFile(join(home.root, layout.version(1).table('orders')), 'id,price\n');
    const error = await publish(1).catch((caught) => caught);
    expect(error).toBeInstanceOf(LedgerBrokenError);
    expect(error.identity.name).toBe('bytes of orders');
  });

  it('is refused by the ledger when an archive was not consumed to its end', async () => {
    const archives = drop();
    archives[1]!.manifest.bytesConsumed--;
    await merged(await claimed(archives));
    await expect(publish(1)).rejects.toThrow(`bytes of archive ${archives[1]!.archive.key}`);
  });

  it('is too early while a table is neither merged nor failed', async () => {
    await merged(await claimed(drop()), ['orders']);
    await expect(publish(1)).rejects.toThrow(/orders has no receipt/);
  });

  it('twice is publishing once, also in another run', async () => {
    await merged(await claimed(drop()));
    const first = await publish(1);
    expect(await publish(1, {}, partnerConfig(), 'run-2')).toEqual(first);
  });

  it('from many at once gives one publication, which all of them report', async () => {
    await merged(await claimed(drop()));
    const all = await Promise.all([1, 2, 3, 4].map((run) => publish(1, {}, partnerConfig(), `run-${run}`)));
    const pointer = JSON.parse(await readText(layout.published));
    for (const publication of all) expect(publication).toEqual(pointer);
  });
});

describe('a table that fails', () => {
  it('is published as failed, without a key, and with the last good day', async () => {
    const yesterday = new PartnerDayLayout(PARTNER, '2026-11-20');
    const good = {
      table: 'orders',
      status: 'merged',
      key: 'k',
      bytes: 1,
      rows: 1,
      crc32: 1,
      etag: 'e',
      version: 3,
    };
    const publication = { ...(await publishedBefore()), date: '2026-11-20', version: 3, tables: [good] };
    await store.put(yesterday.published, encodeJson(publication), { ifNoneMatch: '*' });
    const entry = {
      format: 1,
      partner: PARTNER,
      table: 'orders',
      date: '2026-11-20',
      version: 3,
      columns: [],
      types: [],
    };
    await store.put(yesterday.registry('orders'), encodeJson(entry), { ifNoneMatch: '*' });
    await merged(await claimed(drop()), ['orders']);
    const { tables, score } = await publish(1, { orders: FAILED });
    expect(tables[1]).toEqual({
      table: 'orders',
      status: 'failed',
      error: FAILED.error,
      lastGood: { date: '2026-11-20', version: 3, key: 'k' },
    });
    expect(score).toBe(75);
    const alert = await readText(layout.version(1).alert);
    expect(alert).toContain('acme 2026-11-21 v1: 1 of 2 tables not merged');
    expect(alert).toContain('orders: 5 tries in 1 round');
    expect(alert).toContain('partnerday explain acme 2026-11-21 orders\n');
    expect(await findLastGood(store, layout, 'items')).toBeUndefined();
  });

  it('is published by the next version once it is merged, without planning or reading an archive', async () => {
    const built = await claimed(drop());
    await merged(built, ['orders']);
    await publish(1, { orders: FAILED });
    await merged(built);
    const plan = await claimRepublication(store, layout, 1, 1);
    expect(plan).toEqual({ ...built.plan, version: 2 });
    const publication = await publish(2);
    expect(publication.tables[1]).toMatchObject({
      status: 'merged',
      version: 1,
      key: layout.version(1).table('orders'),
    });
    expect((await verifyDay(store, layout)).ok).toBe(true);
  });

  it('is merged when there is a receipt, whatever was reported', async () => {
    await merged(await claimed(drop()));
    expect((await publish(1, { orders: FAILED })).tables[1]!.status).toBe('merged');
  });

  it('keeps its earlier rows, as stale, in a later version', async () => {
    const archives = drop();
    const first = await claimed(archives);
    await merged(first);
    await publish(1);
    const more = extracted({
      name: 'd.tar.gz',
      members: [{ name: 'orders_d', header: HEADER, rows: [['d', '3']] }],
    });
    const previous = await readPlannedVersion(store, layout, 1);
    const { bases } = basesOfFirstVersion(first.tables, await readTableBases(store, layout));
    const second = await claimed([...archives, more], { previous, bases });
    expect(second.plan.version).toBe(2);
    const publication = await publish(2, { orders: FAILED });
    expect(
      publication.tables.map(({ table, status, version, rows }) => [table, status, version, rows]),
    ).toEqual([
      ['items', 'merged', 1, 6],
      ['orders', 'stale', 1, 6],
    ]);
    expect(await readText(layout.version(2).summaryText)).toContain(`- Merged rows: 6\n`);
    expect((await verifyDay(store, layout)).ok).toBe(true);
    await merged(second);
    const plan = await claimRepublication(store, layout, 2, 2);
    expect((await publish(plan.version)).tables[1]).toMatchObject({ status: 'merged', version: 2, rows: 7 });
  });

  it('by its own plan needs no tries', async () => {
    const config = partnerConfig({ tables: { orders: { required: ['tax'] } } });
    const built = await claimed(drop(), { config });
    await merged({ ...built, tables: built.tables.filter(({ refused }) => refused === undefined) });
    const publication = await publish(1, {}, config);
    expect(publication.tables[1]).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('"tax"'),
    });
  });
});

describe('versions', () => {
  it('are claimed once: another plan under the same number takes the next one', async () => {
    const [a, b, c] = drop();
    expect((await claimed([a!, b!])).plan.version).toBe(1);
    expect((await claimed([a!, b!])).plan.version).toBe(1);
    expect((await claimed([a!, b!, c!])).plan.version).toBe(2);
    expect((await readDayState(store, layout)).versions).toEqual([1, 2]);
  });

  it('never go back: an older one is refused', async () => {
    const [a, b, c] = drop();
    await merged(await claimed([a!, b!]));
    await merged(await claimed([a!, b!, c!]));
    await publish(2);
    await expect(publish(1)).rejects.toThrow(StaleVersionError);
  });

  it('are spent when an earlier attempt described them otherwise', async () => {
    const built = await claimed(drop());
    await merged(built, ['orders']);
    await publish(1, { orders: FAILED });
    await merged(built);
    await expect(publish(1)).rejects.toThrow(VersionSpentError);
    await store.delete(layout.published);
    await expect(publish(1)).rejects.toThrow(VersionSpentError);
    const { version } = await claimRepublication(store, layout, 1, 1);
    expect(await publish(version)).toMatchObject({ version: 2, score: 100 });
  });

  it('below the gate are held: the pointer stays until somebody releases them', async () => {
    const config = partnerConfig({ quality: { holdBelow: 90 } });
    await merged(await claimed(drop()), ['orders']);
    expect(await publish(1, { orders: FAILED }, config)).toMatchObject({ status: 'held', score: 75 });
    expect(await publish(1, { orders: FAILED }, config, 'run-2')).toMatchObject({
      status: 'held',
      runId: 'run-1',
    });
    expect(await store.head(layout.published)).toBeUndefined();
    expect((await readDayState(store, layout)).held).toMatchObject({ version: 1 });
    expect(await readText(layout.version(1).alert)).toContain('waits for a decision');
    expect(await releaseVersion(store, layout, 1)).toMatchObject({ version: 1, status: 'published' });
    expect(await releaseVersion(store, layout, 1)).toMatchObject({ version: 1 });
    expect(await store.head(layout.registry('items'))).toBeDefined();
    expect(await store.head(layout.registry('orders'))).toBeUndefined();
  });
});

describe('the registry', () => {
  it('gives the newest entry before the date, and names what cannot be read', async () => {
    const entry = (table: string, date: string, columns: string[]) => ({
      key: new PartnerDayLayout(PARTNER, date).registry(table),
      body: encodeJson({
        format: 1,
        partner: PARTNER,
        table,
        date,
        version: 1,
        columns,
        types: columns.map(() => 'text'),
      }),
    });
    const entries = [
      entry('orders', '2026-11-18', ['old']),
      entry('orders', '2026-11-20', ['new']),
      entry('orders', '2026-11-21', ['own']),
      entry('orders', '2026-11-25', ['later']),
      { key: new PartnerDayLayout(PARTNER, '2026-11-20').registry('items'), body: Buffer.from('{') },
    ];
    for (const { key, body } of entries) await store.put(key, body, { ifNoneMatch: '*' });
    const { bases, broken } = await readTableBases(store, layout);
    expect([...bases]).toEqual([
      ['orders', { columns: ['new'], reference: { columns: ['new'], types: ['text'] } }],
    ]);
    expect(broken.get('items')).toContain('acme/registry/items/2026-11-20.json cannot be understood');
  });

  it('keeps the entry the first version wrote', async () => {
    await merged(await claimed(drop()));
    await publish(1);
    const before = await readText(layout.registry('orders'));
    const more = extracted({
      name: '0.tar.gz',
      members: [{ name: 'orders_0', header: ['tax', 'id'], rows: [['1', '2']] }],
    });
    const previous = await readPlannedVersion(store, layout, 1);
    await merged(await claimed([...drop(), more], { previous }));
    await publish(2);
    expect(await readText(layout.registry('orders'))).toBe(before);
  });
});

describe('the state of a day', () => {
  it('of which nothing is known is empty', async () => {
    expect(await readDayState(store, layout)).toMatchObject({
      highestVersion: 0,
      versions: [],
      plan: undefined,
    });
  });

  it('tells by its key which object cannot be understood', async () => {
    const built = await claimed(drop());
    await writeFile(join(home.root, layout.version(1).tablePlan('orders')), '{"format":1}');
    const state = await readDayState(store, layout);
    await expect(state.readTablePlan(built.plan.tables[1]!)).rejects.toThrow(UnreadableObjectError);
    await expect(state.readTablePlan(built.plan.tables[1]!)).rejects.toThrow('v1/plan/orders.json');
    await writeFile(join(home.root, layout.published), 'not JSON');
    await expect(readDayState(store, layout)).rejects.toThrow(
      /published\.json cannot be understood: not JSON/,
    );
  });
});

describe('verifying', () => {
  it('finds a published table whose bytes were changed by hand, and names what differs', async () => {
    await merged(await claimed(drop()));
    await publish(1);
    await writeFile(join(home.root, layout.version(1).table('orders')), 'id,price\na,1\na,"2\n"\n');
    const { ok, tables } = await verifyDay(store, layout);
    expect(ok).toBe(false);
    expect(tables[0]!.differences).toEqual([]);
    expect(tables[1]!.differences).toContain('2 rows, the publication says 6');
    expect(tables[1]!.differences.filter((text) => text.startsWith('CRC32'))).toHaveLength(2);
  });

  it('finds one changed byte', async () => {
    await merged(await claimed(drop()));
    await publish(1);
    const key = layout.version(1).table('orders');
    const text = await readText(key);
    await writeFile(join(home.root, key), text.replace('a,1', 'a,7'));
    const { tables } = await verifyDay(store, layout);
    expect(tables[1]!.differences).toHaveLength(2);
  });

  it('finds a table that is gone, and says when nothing is published', async () => {
    await expect(verifyDay(store, layout)).rejects.toThrow(/nothing of .* is published/);
    await merged(await claimed(drop()));
    await publish(1);
    await store.delete(layout.version(1).table('items'));
    expect((await verifyDay(store, layout)).tables[0]!.differences).toEqual([
      'acme/2026-11-21/v1/items.csv is gone',
    ]);
  });
});

async function publishedBefore(): Promise<Publication> {
  return {
    format: 1,
    partner: PARTNER,
    date: DATE,
    version: 1,
    status: 'published',
    publishedAt: '2026-11-21T03:00:00.000Z',
    workflowId: 'w',
    runId: 'r',
    tables: [],
    score: 100,
    summaryKey: 's',
    ledgerKey: 'l',
  };
}
