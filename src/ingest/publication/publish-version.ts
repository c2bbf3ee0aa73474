import type { PartnerConfig } from '../../config/partner-config.js';
import { canonicalJson } from '../../config/rules-id.js';
import { TerminalError } from '../../errors.js';
import { ConflictError } from '../../store/errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { requireJson, writeJsonOnce } from '../documents/json-object.js';
import type { PartnerDayLayout, VersionLayout } from '../layout.js';
import type { Plan } from '../planning/plan.js';
import { readPlan } from '../planning/read-plan.js';
import { Turns } from '../turns.js';
import { describeVersion } from './describe-version.js';
import { type GatheredTable, gatherTables, type MergeFailureRecord } from './gather-tables.js';
import { buildLedger, requireBalance } from './ledger.js';
import { type Pointer, readPointer, switchPointer } from './pointer.js';
import { type Publication, type PublishedTable, publicationSchema } from './publication.js';
import { readAssessContext } from './read-assess-context.js';
import { type LastGood, writeRegistryEntry } from './registry.js';
import { diffVersions, type VersionDiff } from './version-diff.js';
import { writeVersionFiles } from './version-files.js';

/** A later version is already published; this one must not replace it. */
export class StaleVersionError extends TerminalError {}

/**
 * Another attempt left other files under this version: its outcome differed and it did not publish, or it did.
 * Claim the next version with the same plan (`claimRepublication`) and publish that.
 */
export class VersionSpentError extends TerminalError {}

export interface PublishVersionInput {
  store: ObjectStore;
  layout: PartnerDayLayout;
  config: PartnerConfig;
  /** A claimed version. */
  version: number;
  /** Tables that could not be merged, by name. A table with a receipt is merged, whatever stands here. */
  failures: ReadonlyMap<string, MergeFailureRecord>;
  /** ISO time; the only thing, with the two ids, that differs between two runs over the same archives. */
  publishedAt: string;
  workflowId: string;
  runId: string;
  /** For readers of a failed table. Default: the registry and earlier pointers are asked. */
  lastGood?: ((table: string) => Promise<LastGood | undefined>) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Checks the ledger, writes everything that describes the version, and switches the pointer last, by one conditional
 * write. Where the gate of `quality` says so the pointer stays and the version is held. Repeating it changes nothing.
 * @throws LedgerBrokenError, StaleVersionError, VersionSpentError, UnmergedTableError; then nothing was published
 */
export async function publishVersion(input: PublishVersionInput): Promise<Publication> {
  const { store, layout, version } = input;
  const call: CallOptions = input.signal === undefined ? {} : { signal: input.signal };
  const keys = layout.version(version);
  const plan = await readPlan(store, keys, call);
  for (;;) {
    const current = await readPointer(store, layout, call);
    requireNotStale(layout, current, version);
    const isCurrent = current?.publication.version === version;
    const earlier = isCurrent ? undefined : current?.publication;
    const tables = await gatherTables({ ...input, plan, earlier, call });
    if (isCurrent) {
      requireSameTables(current.publication, tables);
      return current.publication;
    }
    const ledger = buildLedger(
      plan,
      tables.map(({ evidence }) => evidence),
    );
    requireBalance(ledger);
    const context = await readAssessContext(input, plan, tables, call);
    const description = describeVersion({ ...input, plan, tables, ledger, context });
    const { publication } = description;
    try {
      await writeVersionFiles(store, keys, description, call);
      if (earlier !== undefined) {
        await writeJsonOnce(store, keys.diff, await diff(input, plan, publication, earlier), call);
      }
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      const detail = `version ${version} was described otherwise before: ${error.message}`;
      throw new VersionSpentError(detail, { cause: error });
    }
    if (publication.status === 'held') return hold(store, keys, publication, call);
    for (const { head, published } of tables) {
      if (published.status === 'merged') await writeRegistryEntry(store, layout, head, call);
    }
    if (await switchPointer(store, layout, current, publication, call)) return publication;
  }
}

async function diff(
  { store, layout, signal }: PublishVersionInput,
  plan: Plan,
  { tables }: Publication,
  earlier: Publication,
): Promise<VersionDiff> {
  const call = signal === undefined ? {} : { signal };
  const earlierPlan = await readPlan(store, layout.version(earlier.version), call);
  return new Turns(signal).take(diffVersions({ plan, tables, earlier, earlierPlan }));
}

function requireNotStale(layout: PartnerDayLayout, current: Pointer | undefined, version: number): void {
  const published = current?.publication.version ?? 0;
  if (published <= version) return;
  throw new StaleVersionError(
    `${layout.prefix}: version ${published} is published; version ${version} came too late`,
  );
}

/** The pointer is at this version: a repeat, unless tables were merged since. */
function requireSameTables(publication: Publication, tables: readonly GatheredTable[]): void {
  const merged = (entries: readonly PublishedTable[]) =>
    canonicalJson(
      entries
        .filter(({ status }) => status === 'merged')
        .map(({ table, version, crc32 }) => [table, version, crc32]),
    );
  if (merged(publication.tables) === merged(tables.map(({ published }) => published))) return;
  throw new VersionSpentError(
    `version ${publication.version} is published with other tables; publish these as the next version`,
  );
}

/** The first to hold a version decides what is written about it. */
async function hold(
  store: ObjectStore,
  keys: VersionLayout,
  publication: Publication,
  call: CallOptions,
): Promise<Publication> {
  try {
    await writeJsonOnce(store, keys.held, publication, call);
    return publication;
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    return requireJson(store, keys.held, publicationSchema, call);
  }
}
