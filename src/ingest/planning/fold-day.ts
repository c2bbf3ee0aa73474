import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { readJson } from '../documents/json-object.js';
import type { PartnerDayLayout } from '../layout.js';
import { mergeReceiptSchema } from '../merging/merge-receipt.js';
import { Turns } from '../turns.js';
import { archiveCandidates, type Candidate } from './archive-candidates.js';
import { planningRules } from './archive-index.js';
import { isUnchanged } from './earlier-table.js';
import { foldTable } from './fold-table.js';
import { FullPlanNeeded } from './full-plan-needed.js';
import { readEarlierShares, readKnownArchives } from './known-archives.js';
import { MemberIndex } from './member-index.js';
import type { PlanTable, TableOutline } from './plan.js';
import type { PlanFacts } from './plan-input.js';
import { type KnownArchives, PlanWalk } from './plan-walk.js';
import { countArrivals, foldInput, PlannedDay, type PlannedTable } from './planned-day.js';
import { RangeSources } from './range-list.js';
import { ManifestReader, type WantedManifest } from './read-manifests.js';
import { readEarlierTable } from './read-plan.js';
import type { FoldedTable } from './table-fold.js';
import { reuseOf } from './table-reuse.js';

export interface FoldDayInput {
  store: ObjectStore;
  layout: PartnerDayLayout;
  facts: PlanFacts;
  /** By `archiveId`: the rules it may have been read by; the first ones that left a manifest count. */
  rules: ReadonlyMap<string, readonly string[]>;
  /** Nothing the version before knew is to be relied on. */
  anew?: boolean | undefined;
  /** Takes a changed table as soon as it is folded; its ranges are not kept. */
  write: (planned: PlannedTable & { folded: FoldedTable }) => Promise<TableOutline>;
  signal?: AbortSignal | undefined;
  /** Archives walked over so far. */
  onProgress?: ((archives: number) => void) | undefined;
}

/**
 * Plans what a day consists of from the plan of the version before and the manifests that are new since, one by one in
 * canonical order; from all manifests where there is no such version. The outcome is the same.
 */
export async function foldDay(input: FoldDayInput): Promise<PlannedDay> {
  const { store, layout, facts, signal } = input;
  const call = signal === undefined ? {} : { signal };
  const { previous, config } = facts;
  const known =
    previous === undefined || input.anew
      ? undefined
      : await readKnownArchives(store, layout, previous, planningRules(config), call);
  if (known !== undefined) {
    try {
      return await new DayFold(input, call, known).run();
    } catch (error) {
      if (!(error instanceof FullPlanNeeded)) throw error;
    }
  }
  return new DayFold(input, call, undefined).run();
}

class DayFold {
  readonly #turns: Turns;
  readonly #sources = new RangeSources();

  constructor(
    private readonly input: FoldDayInput,
    private readonly call: CallOptions,
    private readonly known: KnownArchives | undefined,
  ) {
    this.#turns = new Turns(input.signal);
  }

  async run(): Promise<PlannedDay> {
    const { facts } = this.input;
    const candidates = await this.#turns.take(archiveCandidates(facts));
    const { onReusedName } = facts.config.members;
    let members = new MemberIndex(
      onReusedName === 'keep' ? undefined : (this.known?.members.namesSetAside() ?? new Set()),
    );
    let walk = await this.#walk(candidates, members);
    for (let names = members.corrected; names !== undefined; names = members.corrected) {
      members = new MemberIndex(names);
      walk = await this.#walk(candidates, members);
    }
    const earlier = new Map(facts.previous?.tables.map((entry) => [entry.table, entry]));
    const affected = new Set([...walk.parts.keys(), ...walk.touched]);
    const tables: PlannedTable[] = [];
    if (this.known !== undefined) {
      const shares = new Map(this.known.tables.map(({ table, version }) => [table, version]));
      for (const [table, carried] of earlier) {
        if (!affected.has(table)) tables.push({ table, carried, shares: shares.get(table) });
      }
    }
    // The largest last: by then what the others were folded from is gone.
    const ranges = (table: string) => walk.parts.get(table)?.ranges.length ?? 0;
    for (const table of [...affected].sort((a, b) => ranges(a) - ranges(b))) {
      const planned = await this.#table(walk, table, earlier.get(table));
      // What it was folded from is not needed twice.
      walk.parts.delete(table);
      if (planned !== undefined) tables.push(planned);
    }
    return new PlannedDay(facts, walk, tables, await this.#turns.take(countArrivals(facts)));
  }

  async #walk(candidates: readonly Candidate[], members: MemberIndex): Promise<PlanWalk> {
    const { store, layout, facts, onProgress } = this.input;
    const walk = new PlanWalk(facts, members, this.known);
    const wanted = candidates.flatMap((candidate) => this.#wanted(candidate) ?? []);
    const manifests = new ManifestReader(store, layout, wanted, this.#turns, this.call);
    for (const [index, candidate] of candidates.entries()) {
      const manifest = this.#wanted(candidate) === undefined ? undefined : await manifests.next();
      const known = this.#known(candidate);
      if (candidate.kind === 'missing' || known === undefined) walk.add(candidate, manifest);
      else if (manifest !== undefined) walk.replace(candidate, manifest);
      else if (walk.keep(candidate)) walk.add(candidate, await manifests.one(known));
      onProgress?.(index + 1);
      if (this.#turns.over) await this.#turns.next();
    }
    return walk;
  }

  /** Where the manifest of an archive is that may be new. */
  #wanted(candidate: Candidate): WantedManifest | undefined {
    if (candidate.kind === 'missing') return undefined;
    const { id } = candidate;
    const rules = this.input.rules.get(id) ?? [];
    const known = this.#known(candidate);
    const fresh = known === undefined ? rules : rules.filter((rulesId) => rulesId !== known.rules[0]);
    return fresh.length === 0 ? undefined : { id, rules: fresh };
  }

  /** Where the manifest of an archive is that the version before knew. */
  #known(candidate: Candidate): WantedManifest | undefined {
    if (candidate.kind === 'missing') return undefined;
    const { id } = candidate;
    const planned = this.known?.archives.get(id)?.planned;
    return planned === undefined ? undefined : { id, rules: [planned.rulesId!] };
  }

  async #table(
    walk: PlanWalk,
    table: string,
    entry: PlanTable | undefined,
  ): Promise<PlannedTable | undefined> {
    const { store, layout, facts } = this.input;
    const input = foldInput(facts, walk, table);
    if (entry === undefined) {
      const folded = await this.#turns.take(foldTable(input));
      return folded === undefined ? undefined : this.#written({ table, folded });
    }
    const keys = layout.version(entry.version);
    const earlier =
      this.known === undefined
        ? { ...(await readEarlierTable(store, keys, table, this.call, this.#sources)), source: undefined }
        : await readEarlierShares(store, layout, entry, this.known, this.#sources, this.call);
    const folded = await this.#turns.take(foldTable({ ...input, earlier: earlier.source }));
    if (folded === undefined) return undefined;
    if (await this.#turns.take(isUnchanged(folded, earlier))) return { table, folded, carried: entry };
    const receipt = await readJson(store, keys.merged(table), mergeReceiptSchema, this.call);
    const reuse =
      receipt === undefined ? undefined : await this.#turns.take(reuseOf(folded, earlier, receipt));
    return this.#written({ table, folded, reuse });
  }

  async #written(planned: PlannedTable & { folded: FoldedTable }): Promise<PlannedTable> {
    return { table: planned.table, outline: await this.input.write(planned) };
  }
}
