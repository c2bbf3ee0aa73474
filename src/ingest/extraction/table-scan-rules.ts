import type { Rules } from '../../config/rules.js';
import type { TableScanRules } from '../../csv/member-scan.js';

/** The rules of one table, with the partner's where it has none of its own. A table may be called `constructor`. */
export function tableScanRules(rules: Rules, table: string): TableScanRules {
  const own = Object.hasOwn(rules.tables, table) ? rules.tables[table] : undefined;
  return {
    table,
    dialect: own?.dialect ?? rules.dialect,
    contract: own?.contract ?? rules.contract,
    blankLines: rules.members.blankLines,
    aliases: own?.aliases ?? {},
    ...(own?.columns ? { columns: own.columns } : {}),
    types: own?.types ?? {},
  };
}
