import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { putOnce } from '../../store/put-once.js';
import { encodeJsonInTurns } from '../documents/encode-json-in-turns.js';
import { writeJsonOnce } from '../documents/json-object.js';
import type { VersionLayout } from '../layout.js';
import { Turns } from '../turns.js';
import type { Plan, TableOutline } from './plan.js';
import type { PlannedDay, PlannedTable } from './planned-day.js';
import { outlineOf } from './read-plan.js';
import type { FoldedTable } from './table-fold.js';

/** Writes a version that is being planned. @throws ConflictError when another plan was written under its number */
export class VersionWriter {
  readonly #turns: Turns;

  constructor(
    private readonly store: ObjectStore,
    private readonly keys: VersionLayout,
    private readonly version: number,
    private readonly options: CallOptions,
  ) {
    this.#turns = new Turns(options.signal);
  }

  /** The plan of a changed table, and what the version after it will be planned from. */
  async table({
    table,
    folded,
    reuse,
  }: PlannedTable & { readonly folded: FoldedTable }): Promise<TableOutline> {
    const head = { ...folded.head, version: this.version };
    const { headers, ranges } = folded;
    const outline = outlineOf({ head, ranges });
    await this.#write(this.keys.tablePlan(table), { ...head, headers, ranges, reuse });
    await writeJsonOnce(this.store, this.keys.tableHead(table), outline, this.options);
    await this.#shares(table, folded);
    return outline;
  }

  /** All else; `plan.json` last: creating it claims the version. */
  async claim(day: PlannedDay): Promise<Plan> {
    // A table may come out as it was, from other shares.
    for (const { table, folded } of day.tables) if (folded !== undefined) await this.#shares(table, folded);
    await this.#write(this.keys.archiveIndex, day.index(this.version));
    await putOnce(this.store, this.keys.memberIndex, day.walk.members.bytes(), this.options);
    const plan = day.plan(this.version);
    await this.#write(this.keys.plan, plan);
    return plan;
  }

  async #shares(table: string, { shares, shareHeaders }: FoldedTable): Promise<void> {
    await this.#write(this.keys.tableIndex(table), { format: 1, headers: shareHeaders, shares });
  }

  async #write(key: string, value: object): Promise<void> {
    await putOnce(this.store, key, await encodeJsonInTurns(value, this.#turns), this.options);
  }
}
