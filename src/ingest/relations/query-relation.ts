import type { Relation } from '../../config/table-relation.js';
import { compareRatio } from '../../quality/ratio.js';
import { relationSql } from '../../quality/relation-sql.js';
import type { RuleResult, RuleSample } from '../../quality/rule-result.js';
import type { AsideTables } from './aside-tables.js';
import { resultOf } from './relation-results.js';

/** Checks one rule on tables that are loaded. The same rows, the same result. */
export async function queryRelation(
  relation: Relation,
  tables: AsideTables,
  date: string,
): Promise<RuleResult> {
  const { database } = tables;
  const sql = relationSql(relation, tables, date);
  try {
    for (const statement of sql.prepare) await database.run(statement);
    const [counts] = await database.rows(sql.counts);
    const [checked, violations, distinct] = counts!.map((value) =>
      value === null ? undefined : Number(value),
    );
    const broken = violations! > 0 && compareRatio(violations!, checked!, relation.threshold) >= 0;
    const samples = violations! > 0 ? await samplesOf(relation, tables, sql) : [];
    const key = (relation.columns ?? []).join(', ');
    return {
      ...resultOf(relation),
      outcome: broken ? 'broken' : 'kept',
      checked: checked!,
      violations: violations!,
      ...(distinct === undefined ? {} : { distinct: { [relation.table]: { [key]: distinct } } }),
      samples,
    };
  } finally {
    for (const statement of sql.cleanUp) await database.run(statement);
  }
}

async function samplesOf(
  { kind, columns = [], by = [] }: Relation,
  { database, archives }: AsideTables,
  sql: ReturnType<typeof relationSql>,
): Promise<RuleSample[]> {
  const keys = kind === 'sum' ? by : columns;
  const bad = await database.rows(sql.samples);
  const places = sql.archives === undefined ? [] : await database.rows(sql.archives);
  const from = new Map(places.map((row) => [JSON.stringify(row.slice(0, keys.length)), row.at(-1)]));
  return bad.map((row) => {
    const [rows, left, right] = row.slice(keys.length);
    const numbers = from.get(JSON.stringify(row.slice(0, keys.length))) ?? '';
    return {
      key: Object.fromEntries(keys.map((column, index) => [column, row[index] ?? null])),
      rows: Number(rows),
      archives: numbers === '' ? [] : numbers.split(',').map((number) => archives[Number(number)]!),
      ...(kind === 'sum' ? { values: { left: plain(left), right: plain(right) } } : {}),
    };
  });
}

/** Without the zeros that a decimal of fixed length ends with. */
function plain(amount: string | null | undefined): string | null {
  return amount === null || amount === undefined
    ? null
    : amount.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
}
