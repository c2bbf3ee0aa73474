import type { TableHead } from '../ingest/planning/plan.js';
import type { Finding } from './finding.js';
import type { Remedy } from './remedy.js';
import type { ScoredDay } from './score-facts.js';

/** What merging the failed tables would mend: by another try, or by another contract. */
export function mergeRemedies(day: ScoredDay): Remedy[] {
  return [
    ...mergeRemedy(day, 'retry', false, 'remove the cause and retry'),
    ...mergeRemedy(day, 'contract', true, 'change the contract, or have the partner keep to it:'),
  ];
}

function mergeRemedy(day: ScoredDay, action: Remedy['action'], refused: boolean, words: string): Remedy[] {
  const names = day.tables
    .filter(({ head, status }) => status !== 'merged' && (head.refused !== undefined) === refused)
    .map(({ head }) => head.table);
  if (names.length === 0) return [];
  const tables = day.tables.map((table) =>
    names.includes(table.head.table) ? { ...table, status: 'merged' as const } : table,
  );
  return [{ action, text: `${words} ${names.join(', ')}`, tables: names, after: { ...day, tables } }];
}

interface TableRename {
  table: string;
  was: string;
  column: string;
}

/** What the suggested aliases would mend, if they are right. */
export function aliasRemedies(day: ScoredDay): Remedy[] {
  const renames = day.tables.flatMap(({ head: { table, changes } }) =>
    changes.flatMap(({ kind, was, column }): TableRename[] =>
      kind === 'renamed' && was !== undefined ? [{ table, was, column }] : [],
    ),
  );
  if (renames.length === 0) return [];
  const tables = [...new Set(renames.map(({ table }) => table))];
  const settled = new Set(
    day.tables
      .filter(({ head }) => tables.includes(head.table) && isSettled(head, renames))
      .map(({ head }) => head.table),
  );
  const findings = day.findings.filter((finding) => {
    if (finding.code === 'header-drift') return !settled.has(finding.table ?? '');
    return !(finding.code.startsWith('column-') && renames.some((rename) => concerns(finding, rename)));
  });
  const which = renames.length === 1 ? 'the suggested alias' : `the ${renames.length} suggested aliases`;
  const text = `add ${which} to ${tables.join(', ')}, if right`;
  return [{ action: 'alias', text, tables, after: { ...day, findings } }];
}

function concerns({ table, column }: Pick<Finding, 'table' | 'column'>, rename: TableRename): boolean {
  return table === rename.table && (column === rename.was || column === rename.column);
}

/** Its headers differ in nothing but these names. */
function isSettled({ table, changes }: TableHead, renames: readonly TableRename[]): boolean {
  return changes.every(({ column }) => renames.some((rename) => concerns({ table, column }, rename)));
}
