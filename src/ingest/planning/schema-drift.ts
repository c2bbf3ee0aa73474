import { fitsColumnType } from '../../csv/column-type.js';
import type { Finding } from '../../quality/finding.js';
import { suggestRenames } from '../../quality/rename-suggestions.js';
import type { ColumnType } from '../manifest.js';
import type { HeaderGroup } from './header-group.js';
import type { ColumnHistory, SchemaChange } from './plan.js';
import type { TableExpectation } from './table-rules.js';

/**
 * How a day's headers differ from `reference`, one change per kind and column, in order of first appearance.
 * `types`: of the reference's columns, where they are known.
 */
export function schemaChanges(
  reference: readonly string[],
  headers: readonly HeaderGroup[],
  types?: readonly ColumnType[] | undefined,
): SchemaChange[] {
  const changes = new Map<string, SchemaChange>();
  const known = new Set(reference);
  const note = (kind: SchemaChange['kind'], column: string, header: HeaderGroup, was?: string) => {
    const name = JSON.stringify([kind, column, was]);
    const change = changes.get(name);
    if (change === undefined) {
      const { archive, member, members, rows } = header;
      const from = was === undefined ? {} : { was };
      changes.set(name, { kind, column, ...from, archive, member, members, rows });
    } else {
      change.members += header.members;
      change.rows += header.rows;
    }
  };
  const earlier = new Map(
    types === undefined ? [] : reference.map((column, index) => [column, types[index]]),
  );
  const fitting = (header: HeaderGroup) => (was: string, column: string) => {
    const [before, now] = [earlier.get(was), header.types[header.columns.indexOf(column)]];
    if (before === undefined || now === undefined || before === 'null' || now === 'null') return undefined;
    return fitsColumnType(now, before) || fitsColumnType(before, now);
  };
  for (const header of headers) {
    for (const column of header.columns) if (!known.has(column)) note('added', column, header);
    for (const column of reference) if (!header.names.has(column)) note('removed', column, header);
    const moved = firstMoved(reference, header, known);
    if (moved !== undefined) note('reordered', moved, header);
    for (const { was, column } of suggestRenames({
      reference,
      header: header.columns,
      fits: fitting(header),
    }))
      note('renamed', column, header, was);
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
): Finding[] {
  const present = new Set(columns);
  return changes.map(({ kind, column, was, archive, member, members }): Finding => {
    const place = { table, column, archive, member, count: members };
    if (kind === 'renamed') {
      // A guess, and said to be one.
      const detail = `may be ${JSON.stringify(was)} under a new name; if so, say it in aliases`;
      return { code: 'column-renamed', severity: 'info', ...place, detail };
    }
    if (kind === 'added') return { code: 'column-added', severity: 'info', ...place, detail: 'is new' };
    if (kind === 'reordered') {
      const detail = 'stands in another place than before';
      return { code: 'column-reordered', severity: 'info', ...place, detail };
    }
    if (!present.has(column)) {
      const detail = 'is in none of today’s members';
      return { code: 'column-missing', severity: 'warning', ...place, detail };
    }
    const detail = 'is not in every member; its cells there are empty';
    return { code: 'column-removed', severity: 'warning', ...place, detail };
  });
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
