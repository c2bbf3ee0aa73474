import type { PartnerConfig } from '../config/partner-config.js';
import { fitsColumnType } from '../csv/column-type.js';
import type { ColumnType } from '../ingest/manifest.js';
import type { TableHead } from '../ingest/planning/plan.js';
import type { Finding, FindingCode } from './finding.js';

interface ExpectedColumn {
  name: string;
  type: ColumnType | undefined;
}

/**
 * A table against the schema that was agreed on: the configuration's, or else that of the schema file. What planning
 * has found already, by the configuration or by the last day, is not said again.
 */
export function expectedSchemaFindings(head: TableHead, config: PartnerConfig): Finding[] {
  const { table, columns, types } = head;
  const agreed = agreedSchema(table, config);
  if (agreed === undefined) return [];
  const { source, closed } = agreed;
  const said = (code: FindingCode, column: string) =>
    head.findings.some((finding) => finding.code === code && finding.column === column);
  const findings: Finding[] = [];
  const find = (code: FindingCode, column: string, detail: string) => {
    if (!said(code, column)) findings.push({ code, severity: 'warning', table, column, detail });
  };
  for (const { name, type } of agreed.columns) {
    const index = columns.indexOf(name);
    if (index < 0) {
      find('column-missing', name, `is in none of today’s members, ${source} expects it`);
      continue;
    }
    const actual = types[index]!;
    if (type === undefined || type === 'null' || fitsColumnType(actual, type)) continue;
    find('column-retyped', name, `${source} expects ${type}, it holds ${actual}`);
  }
  if (closed) {
    const known = new Set(agreed.columns.map(({ name }) => name));
    for (const column of columns) {
      if (!known.has(column)) find('column-unexpected', column, `is not a column ${source} knows`);
    }
  }
  return findings;
}

/** The type a column was expected to have, where it has another one now. */
export function expectedType(
  { table, columns, types, reference }: TableHead,
  column: string,
  config: PartnerConfig,
): ColumnType | undefined {
  const actual = types[columns.indexOf(column)];
  if (actual === undefined) return undefined;
  const configured = Object.hasOwn(config.tables, table) ? config.tables[table]!.types : {};
  const agreed = agreedSchema(table, config)?.columns.find(({ name }) => name === column)?.type;
  return [
    Object.hasOwn(configured, column) ? configured[column] : undefined,
    agreed,
    reference?.types[reference.columns.indexOf(column)],
  ].find((type) => type !== undefined && type !== 'null' && !fitsColumnType(actual, type));
}

interface AgreedSchema {
  source: string;
  /** Other columns are worth a word. Those of the configuration have their own contract. */
  closed: boolean;
  columns: ExpectedColumn[];
}

function agreedSchema(table: string, { tables, quality }: PartnerConfig): AgreedSchema | undefined {
  const configured = Object.hasOwn(tables, table) ? tables[table] : undefined;
  const { types = {} } = configured ?? {};
  const typeOf = (name: string) => (Object.hasOwn(types, name) ? types[name] : undefined);
  if (configured?.columns !== undefined) {
    const columns = configured.columns.map((name) => ({ name, type: typeOf(name) }));
    return { source: 'the configuration', closed: false, columns };
  }
  const expected = Object.hasOwn(quality.expected, table) ? quality.expected[table]! : undefined;
  if (expected === undefined) return undefined;
  const columns = expected.map(({ name, type }) => ({ name, type: typeOf(name) ?? type }));
  return { source: quality.schemaFile ?? 'the schema file', closed: true, columns };
}
