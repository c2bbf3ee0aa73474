import type { PartnerConfig } from '../../config/partner-config.js';
import type { Contract, TableRules } from '../../config/rules.js';
import type { ColumnType } from '../manifest.js';
import type { TableBase } from './plan-input.js';

/** What the configuration and the table's history ask of one table. */
export interface TableExpectation {
  table: string;
  contract: Contract;
  required: readonly string[];
  /** Column order to follow. */
  order: readonly string[];
  /** Columns members should have; absent where nothing is known before the first member. */
  expected?: readonly string[] | undefined;
  types: Readonly<Record<string, ColumnType>>;
  maxErrorRate: number;
  base?: TableBase | undefined;
}

export function expectationOf(
  table: string,
  config: PartnerConfig,
  base: TableBase | undefined,
): TableExpectation {
  const rules: TableRules | undefined = isConfigured(table, config) ? config.tables[table] : undefined;
  return {
    table,
    contract: rules?.contract ?? config.contract,
    required: rules?.required ?? [],
    order: base?.columns ?? rules?.columns ?? [],
    expected: rules?.columns ?? base?.reference?.columns,
    types: rules?.types ?? {},
    maxErrorRate: rules?.maxErrorRate ?? 1,
    base,
  };
}

/** A table may be called `constructor`. */
export function isConfigured(table: string, config: PartnerConfig): boolean {
  return Object.hasOwn(config.tables, table);
}
