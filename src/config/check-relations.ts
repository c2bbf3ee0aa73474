import type { CrossProblem } from './cross-checks.js';
import type { PartnerConfig } from './partner-config.js';
import type { Relation } from './table-relation.js';

type Field = 'columns' | 'by' | 'to' | 'least' | 'most' | 'daysBefore' | 'daysAfter';

interface Needs {
  /** Fields without which the rule means nothing; of several names one is enough. */
  needs: Field[][];
  may: Field[];
}

const KINDS: Record<Relation['kind'], Needs> = {
  'foreign-key': { needs: [['columns'], ['to']], may: [] },
  unique: { needs: [['columns']], may: [] },
  'row-ratio': { needs: [['to'], ['least', 'most']], may: [] },
  'date-window': { needs: [['columns'], ['daysBefore', 'daysAfter']], may: [] },
  sum: { needs: [['columns'], ['to']], may: ['by'] },
};
const FIELDS: Field[] = ['columns', 'by', 'to', 'least', 'most', 'daysBefore', 'daysAfter'];

/** What each kind of rule across tables needs, beyond the shape of its fields. */
export function* checkRelations({ quality }: PartnerConfig): Generator<CrossProblem> {
  const seen = new Set<string>();
  for (const [index, relation] of quality.rules.entries()) {
    const path = ['quality', 'rules', index];
    if (seen.has(relation.id)) {
      const message = `expected an id of its own, received ${JSON.stringify(relation.id)} again`;
      yield { path: [...path, 'id'], message };
    }
    seen.add(relation.id);
    yield* checkFields(relation, path);
    yield* checkColumns(relation, path);
  }
}

function* checkFields(relation: Relation, path: (string | number)[]): Generator<CrossProblem> {
  const { kind } = relation;
  const { needs, may } = KINDS[kind];
  const allowed = new Set([...needs.flat(), ...may]);
  for (const names of needs) {
    if (names.some((name) => relation[name] !== undefined)) continue;
    yield { path, message: `expected ${names.join(' or ')} in a rule of kind ${kind}, received none` };
  }
  for (const name of FIELDS) {
    if (relation[name] === undefined || allowed.has(name)) continue;
    const message = `expected no ${name} in a rule of kind ${kind}, received one`;
    yield { path: [...path, name], message };
  }
}

function* checkColumns(relation: Relation, path: (string | number)[]): Generator<CrossProblem> {
  const { kind, columns = [], by = [], to, least, most } = relation;
  const single = kind === 'date-window' || kind === 'sum';
  if (single && columns.length > 1) {
    yield { path: [...path, 'columns'], message: `expected one column, received ${columns.length}` };
  }
  if (to !== undefined && kind !== 'row-ratio') {
    for (const [name, own, other] of [
      ['columns', columns, to.columns ?? []],
      ['by', by, to.by ?? []],
    ] as const) {
      if (own.length === other.length) continue;
      const message = `expected as many as ${name} of the rule (${own.length}), received ${other.length}`;
      yield { path: [...path, 'to', name], message };
    }
  }
  if (least !== undefined && most !== undefined && least > most)
    yield { path: [...path, 'most'], message: `expected at least ${least} (least), received ${most}` };
}
