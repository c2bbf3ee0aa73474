import type { PartnerConfig } from '../../config/partner-config.js';
import { type Relation, relationColumns } from '../../config/table-relation.js';
import { TerminalError } from '../../errors.js';
import { compareRatio } from '../../quality/ratio.js';
import type { RuleResult } from '../../quality/rule-result.js';
import type { ObjectStore } from '../../store/object-store.js';
import { writeJsonOnce } from '../documents/json-object.js';
import type { PartnerDayLayout } from '../layout.js';
import type { TableHead } from '../planning/plan.js';
import { readPlan, readTableOutlines } from '../planning/read-plan.js';
import { AsideTables } from './aside-tables.js';
import { queryRelation } from './query-relation.js';
import { RelationDatabase } from './relation-database.js';
import { notChecked, relationKey, resultOf } from './relation-results.js';

export interface CheckRelationsInput {
  readonly store: ObjectStore;
  readonly layout: PartnerDayLayout;
  readonly config: PartnerConfig;
  /** A planned version. */
  readonly version: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (() => void) | undefined;
}

/**
 * Checks the rules across tables on what was kept aside of the rows a version consists of. The result of each rule is
 * written once, as soon as it is known: a repeat goes on with the next one. Returns the results of this call.
 * @throws ObjectNotFoundError of a segment when rows have expired
 */
export async function checkRelations(input: CheckRelationsInput): Promise<RuleResult[]> {
  const { store, layout, config, signal, onProgress } = input;
  const call = signal === undefined ? {} : { signal };
  const plan = await readPlan(store, layout.version(input.version), call);
  const pending: Relation[] = [];
  for (const relation of config.quality.rules) {
    const known = await store.head(relationKey(layout, plan, relation), call);
    if (known === undefined) pending.push(relation);
  }
  if (pending.length === 0) return [];
  const outlines = await readTableOutlines(store, layout, plan, call);
  const heads = new Map(outlines.map(({ head }) => [head.table, head]));
  const results: RuleResult[] = [];
  let database: RelationDatabase | undefined;
  try {
    let tables: AsideTables | undefined;
    for (const relation of pending) {
      const known = fromPlan(relation, heads);
      if (known === undefined && tables === undefined) {
        database = await RelationDatabase.open({
          memoryBytes: config.policies.rules.memory,
          signal,
          onProgress,
        });
        const asked = pending.filter((other) => fromPlan(other, heads) === undefined);
        const archives = plan.archives.map(({ key }) => key);
        tables = new AsideTables(input, database, heads, relationColumns(asked), archives);
      }
      const result = known ?? (await queried(relation, tables!, layout));
      await writeJsonOnce(store, relationKey(layout, plan, relation), result, call);
      results.push(result);
      onProgress?.();
    }
  } finally {
    await database?.close();
  }
  return results;
}

async function queried(
  relation: Relation,
  tables: AsideTables,
  layout: PartnerDayLayout,
): Promise<RuleResult> {
  for (const table of new Set([relation.table, relation.to?.table ?? relation.table])) {
    const lacking = await tables.load(table);
    if (lacking > 0) {
      const archives = lacking === 1 ? 'an archive was' : `${lacking} archives were`;
      const next = `partnerday quarantine replay ${layout.partner} ${layout.date} --all`;
      return notChecked(
        relation,
        `${archives} read before table ${table} had rules across tables; to read the archives again: ${next}`,
      );
    }
  }
  return queryRelation(relation, tables, layout.date);
}

/** What can be told without a row. `undefined`: it takes the rows. */
function fromPlan(relation: Relation, heads: ReadonlyMap<string, TableHead>): RuleResult | undefined {
  const { kind, table, columns = [], by = [], to } = relation;
  const sides = [
    { table, columns: [...columns, ...by] },
    ...(to === undefined ? [] : [{ table: to.table, columns: [...(to.columns ?? []), ...(to.by ?? [])] }]),
  ];
  for (const side of sides) {
    const head = heads.get(side.table);
    if (head === undefined)
      return notChecked(relation, `table ${side.table} has no member in any archive of the day`);
    if (head.refused !== undefined)
      return notChecked(relation, `table ${side.table} is refused: ${head.refused}`);
    const absent = side.columns.find((column) => !head.columns.includes(column));
    // Of a table without rows nothing can be wrong.
    if (absent !== undefined && head.rows > 0)
      return notChecked(relation, `column ${JSON.stringify(absent)} is in no member of table ${side.table}`);
  }
  return kind === 'row-ratio' ? rowRatio(relation, heads) : undefined;
}

function rowRatio(relation: Relation, heads: ReadonlyMap<string, TableHead>): RuleResult {
  const { table, to, least, most } = relation;
  if (to === undefined) throw new TerminalError(`rule ${relation.id}: expected another table`);
  const [rows, others] = [heads.get(table)!.rows, heads.get(to.table)!.rows];
  const ratio = others === 0 ? 'no such ratio' : (rows / others).toFixed(3);
  // Rows for each of none: right only where there are none.
  const isWrong =
    others === 0
      ? rows > 0
      : (least !== undefined && compareRatio(rows, others, least) < 0) ||
        (most !== undefined && compareRatio(rows, others, most) > 0);
  return {
    ...resultOf(relation),
    outcome: isWrong ? 'broken' : 'kept',
    checked: others,
    violations: isWrong ? 1 : 0,
    measured: { ratio: `${rows} rows of ${table} for ${others} of ${to.table} (${ratio})` },
    samples: [],
  };
}
