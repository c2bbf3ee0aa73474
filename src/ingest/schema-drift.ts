import { fitsColumnType } from '../csv/column-type.js';
import type { Finding } from '../quality/finding.js';
import type { HeaderGroup } from './header-group.js';
import type { ColumnType } from './manifest.js';
import type { ColumnHistory, SchemaChange } from './plan.js';
import type { TableExpectation } from './table-rules.js';

/** How a day's headers differ from `reference`, one change per kind and column, in order of first appearance. */
export function schemaChanges(reference: readonly string[], headers: readonly HeaderGroup[]): SchemaChange[] {
  const changes = new Map<string, SchemaChange>();
  const known = new Set(reference);
  const note = (kind: SchemaChange['kind'], column: string, header: HeaderGroup) => {
    const change = changes.get(`${kind} ${column}`);
    if (change === undefined) {
      const { archive, member, members, rows } = header;
      changes.set(`${kind} ${column}`, { kind, column, archive, member, members, rows });
    } else {
      change.members += header.members;
      change.rows += header.rows;
    }
  };
  for (const header of headers) {
    for (const column of header.columns) if (!known.has(column)) note('added', column, header);
    for (const column of reference) if (!header.names.has(column)) note('removed', column, header);
    const moved = firstMoved(reference, header, known);
    if (moved !== undefined) note('reordered', moved, header);
  }
  return [...changes.values()];
}

function firstMoved(
  reference: readonly string[],
  header: HeaderGroup,
  known: ReadonlySet<string>,
): string | undefined {
  const common = header.columns.filter((column) => known.has(column));
  const expected = reference.filter((column) => header.names.has(column));
  return common.find((column, index) => column !== expected[index]);
}

/** Findings for the changes of a table; a column that is in none of today's members is missing, not just removed. */
export function driftFindings(
  table: string,
  changes: readonly SchemaChange[],
  columns: readonly string[],
  headers: readonly HeaderGroup[],
): Finding[] {
  const present = new Set(columns);
  const findings: Finding[] = changes.map(({ kind, column, archive, member, members }) => {
    if (kind === 'added') {
      return {
        code: 'column-added',
        severity: 'info',
        table,
        column,
        archive,
        member,
        count: members,
        detail: 'is new',
      };
    }
    if (kind === 'reordered') {
      const detail = 'stands in another place than before';
      return {
        code: 'column-reordered',
        severity: 'info',
        table,
        column,
        archive,
        member,
        count: members,
        detail,
      };
    }
    if (!present.has(column)) {
      return {
        code: 'column-missing',
        severity: 'warning',
        table,
        column,
        detail: 'is in none of today’s members',
      };
    }
    const detail = 'is not in every member; its cells there are empty';
    return {
      code: 'column-removed',
      severity: 'warning',
      table,
      column,
      archive,
      member,
      count: members,
      detail,
    };
  });
  return [...findings, ...renames(table, changes, headers)];
}

/** A guess, and said to be one: where one column went and one came in the same place of the same header. */
function renames(
  table: string,
  changes: readonly SchemaChange[],
  headers: readonly HeaderGroup[],
): Finding[] {
  const columnsOf = (kind: SchemaChange['kind']) =>
    new Set(changes.filter((change) => change.kind === kind).map(({ column }) => column));
  const [added, removed] = [columnsOf('added'), columnsOf('removed')];
  if (added.size === 0 || removed.size === 0) return [];
  const findings = new Map<string, Finding>();
  for (const header of headers) {
    const came = header.columns.filter((column) => added.has(column));
    const went = [...removed].filter((column) => !header.names.has(column));
    if (came.length !== 1 || went.length !== 1) continue;
    const [column, old] = [came[0]!, went[0]!];
    if (findings.has(`${old} ${column}`)) continue;
    findings.set(`${old} ${column}`, {
      code: 'column-renamed',
      severity: 'info',
      table,
      column,
      archive: header.archive,
      member: header.member,
      detail: `may be ${JSON.stringify(old)} under a new name; if so, say it in aliases`,
    });
  }
  return [...findings.values()];
}

/** Columns whose values no longer fit what the configuration, or else the last day, says. */
export function retypedFindings(
  { table, types, contract }: TableExpectation,
  reference: ColumnHistory | undefined,
  columns: readonly string[],
  actual: readonly ColumnType[],
): Finding[] {
  const earlier = new Map(reference?.columns.map((column, index) => [column, reference.types[index]]));
  return columns.flatMap((column, index): Finding[] => {
    const configured = Object.hasOwn(types, column) ? types[column] : undefined;
    const expected = configured ?? earlier.get(column);
    const type = actual[index]!;
    if (expected === undefined || expected === 'null' || fitsColumnType(type, expected)) return [];
    const detail =
      configured === undefined
        ? `held ${expected} values before, now ${type}`
        : `expected ${expected}, holds ${type}`;
    const severity = configured !== undefined && contract.types === 'freeze' ? 'error' : 'warning';
    return [{ code: 'column-retyped', severity, table, column, detail }];
  });
}
