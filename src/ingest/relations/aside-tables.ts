import type { PartnerConfig } from '../../config/partner-config.js';
import { rulesOf } from '../../config/rules-of.js';
import { TerminalError } from '../../errors.js';
import type { SqlPlaces } from '../../quality/relation-sql.js';
import type { ObjectStore } from '../../store/object-store.js';
import { tableScanRules } from '../extraction/table-scan-rules.js';
import type { PartnerDayLayout } from '../layout.js';
import type { TableHead } from '../planning/plan.js';
import { readTablePlan } from '../planning/read-plan.js';
import { asideShares, readShare } from './aside-shares.js';
import type { RelationDatabase } from './relation-database.js';

/** What was kept aside is not what the table consists of. */
export class AsideRowsError extends TerminalError {}

export interface AsideTablesInput {
  readonly store: ObjectStore;
  readonly layout: PartnerDayLayout;
  readonly config: PartnerConfig;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (() => void) | undefined;
}

/** Tables of a version in a database: of each the columns that rules look at, and the number of the archive of each row. */
export class AsideTables implements SqlPlaces {
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #loaded = new Map<string, { lacking: number }>();

  constructor(
    private readonly input: AsideTablesInput,
    readonly database: RelationDatabase,
    private readonly heads: ReadonlyMap<string, TableHead>,
    private readonly columns: ReadonlyMap<string, readonly string[]>,
    /** Keys of the archives of the version, in canonical order: their place is their number. */
    readonly archives: readonly string[],
  ) {
    this.#numbers = new Map(archives.map((key, index) => [key, index]));
  }

  table(table: string): string {
    const names = [...this.columns.keys()];
    return `t${names.indexOf(table)}`;
  }

  column(table: string, column: string): string {
    return `c${this.columns.get(table)!.indexOf(column)}`;
  }

  /** Once. Returns of how many archives the columns were not kept aside: then the table is not whole. */
  async load(table: string): Promise<number> {
    const known = this.#loaded.get(table);
    if (known !== undefined) return known.lacking;
    const lacking = await this.#load(table);
    this.#loaded.set(table, { lacking });
    return lacking;
  }

  async #load(table: string): Promise<number> {
    const { store, layout, config, signal, onProgress } = this.input;
    const call = signal === undefined ? {} : { signal };
    const columns = this.columns.get(table)!;
    const head = this.heads.get(table)!;
    const name = this.table(table);
    await this.database.createTable(
      name,
      columns.map((_, index) => `c${index}`),
    );
    const { nullTokens } = tableScanRules(rulesOf(config).rules, table).dialect;
    const plan = await readTablePlan(store, layout.version(head.version), table, call);
    let into = { name, columns, given: [] as readonly string[], nullTokens };
    let lacking = 0;
    for await (const share of asideShares(store, layout, plan, call)) {
      if (!columns.every((column) => share.columns.includes(column))) {
        lacking++;
        continue;
      }
      if (share.columns.join('\0') !== into.given.join('\0')) {
        await this.database.flush(into);
        into = { ...into, given: share.columns };
      }
      await this.database.add(into, this.#numbers.get(share.archive)!, readShare(store, share, call));
      onProgress?.();
    }
    await this.database.flush(into);
    if (lacking === 0) await this.#requireRows(name, head);
    return lacking;
  }

  async #requireRows(name: string, { table, rows }: TableHead): Promise<void> {
    const [counted] = await this.database.rows(`SELECT count(*) FROM ${name}`);
    if (counted?.[0] === String(rows)) return;
    throw new AsideRowsError(
      `table ${table} has ${rows} rows, ${counted?.[0]} of them were kept aside; this is a defect`,
    );
  }
}
