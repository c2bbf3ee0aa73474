import { createHash } from 'node:crypto';
import type { PartnerConfig } from '../../config/partner-config.js';
import { canonicalJson } from '../../config/rules-id.js';
import type { Relation } from '../../config/table-relation.js';
import { relationText } from '../../quality/relation-text.js';
import { type RuleResult, ruleResultSchema } from '../../quality/rule-result.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { readJson } from '../documents/json-object.js';
import type { PartnerDayLayout } from '../layout.js';
import type { Plan } from '../planning/plan.js';

/**
 * Where the result of a rule stands: with the version that planned the rows, so that versions which only publish more
 * tables of the same plan find it, and by what the rule says, so that a rule that is changed is checked again.
 */
export function relationKey(
  layout: PartnerDayLayout,
  { index, version }: Pick<Plan, 'index' | 'version'>,
  relation: Relation,
): string {
  const id = createHash('sha256').update(canonicalJson(relation)).digest('hex').slice(0, 16);
  return layout.version(index ?? version).relation(id);
}

/** What came of every rule, in the order of the configuration. One that was never finished is not checked. */
export async function readRelationResults(
  store: ObjectStore,
  layout: PartnerDayLayout,
  { quality }: Pick<PartnerConfig, 'quality'>,
  plan: Plan,
  call: CallOptions = {},
): Promise<RuleResult[]> {
  const results: RuleResult[] = [];
  for (const relation of quality.rules) {
    const result = await readJson(store, relationKey(layout, plan, relation), ruleResultSchema, call);
    results.push(result ?? notChecked(relation, 'every try to compute it failed'));
  }
  return results;
}

export function notChecked(relation: Relation, because: string): RuleResult {
  return {
    ...resultOf(relation),
    outcome: 'not-checked',
    because,
    checked: 0,
    violations: 0,
    samples: [],
  };
}

/** What a result says of the rule itself. */
export function resultOf(
  relation: Relation,
): Pick<
  RuleResult,
  'format' | 'rule' | 'kind' | 'text' | 'table' | 'tables' | 'columns' | 'severity' | 'threshold'
> {
  const { id, kind, table, to, columns = [], severity, threshold } = relation;
  return {
    format: 1,
    rule: id,
    kind,
    text: relationText(relation),
    table,
    tables: [...new Set([table, ...(to === undefined ? [] : [to.table])])],
    columns,
    severity,
    threshold,
  };
}
