import { formatPercent } from './ratio.js';

export interface AlertTable {
  table: string;
  status: 'failed' | 'stale';
  error: string;
  /** Rows of the day that are not in the table readers get. */
  rows: number;
  tries: number;
  rounds: number;
  /** By its plan: another try gives the same answer. */
  refused: boolean;
}

export interface AlertInput {
  partner: string;
  date: string;
  version: number;
  verdict: string;
  status: 'published' | 'held';
  score: number;
  /** Why the gate holds the version, or warns of it. */
  because?: readonly string[];
  tables: readonly AlertTable[];
  /** All tables of the day. */
  tableCount: number;
  /** All rows read today. */
  rows: number;
  /** One sentence each: what is missing or set aside, most severe first. */
  problems: readonly string[];
  consumers: readonly string[];
}

const SHOWN = 10;

/** Cause, impact, what was retried, and what to type next, as plain text. `undefined` when there is nothing to tell. */
export function renderAlert(input: AlertInput): string | undefined {
  const { partner, date, version, tables, problems, status, because = [] } = input;
  if (tables.length === 0 && problems.length === 0 && because.length === 0 && status !== 'held')
    return undefined;
  const lines = [headline(input), '', 'Cause'];
  for (const { table, error } of tables) lines.push(`  ${table}: ${error}`);
  lines.push(...problems.slice(0, SHOWN).map((problem) => `  ${problem}`));
  if (problems.length > SHOWN) lines.push(`  and ${problems.length - SHOWN} more in summary.json`);
  lines.push(...because.map((reason) => `  ${reason}`));
  if (status === 'held') lines.push(`  version ${version} waits for a decision`);
  lines.push('', 'Impact', ...impact(input).map((line) => `  ${line}`));
  const retried = tables.filter(({ tries, refused }) => tries > 0 && !refused);
  if (retried.length > 0) {
    lines.push('', 'Retried');
    for (const { table, tries, rounds } of retried) {
      lines.push(`  ${table}: ${counted(tries, 'try', 'tries')} in ${counted(rounds, 'round', 'rounds')}`);
    }
  }
  lines.push('', 'Next');
  for (const { table } of tables.slice(0, SHOWN))
    lines.push(`  partnerday explain ${partner} ${date} ${table}`);
  if (tables.length === 0) lines.push(`  partnerday explain ${partner} ${date}`);
  if (retried.length > 0) lines.push(`  partnerday retry ${partner} ${date}`);
  if (tables.some(({ refused }) => refused)) {
    lines.push(`  partnerday run ${partner} ${date}     # once the contract or the data has changed`);
  }
  return `${lines.join('\n')}\n`;
}

function headline({
  partner,
  date,
  version,
  tables,
  tableCount,
  status,
  verdict,
  score,
}: AlertInput): string {
  const what =
    tables.length > 0
      ? `${tables.length} of ${counted(tableCount, 'table', 'tables')} not merged`
      : status === 'held'
        ? 'held for a decision'
        : 'published with findings';
  return `${partner} ${date} v${version}: ${what} (verdict ${verdict}, score ${score})`;
}

function impact({ tables, tableCount, rows, consumers }: AlertInput): string[] {
  const missing = tables.reduce((total, table) => total + table.rows, 0);
  const failed = tables.filter(({ status }) => status === 'failed').map(({ table }) => table);
  const stale = tables.filter(({ status }) => status === 'stale').map(({ table }) => table);
  const lines: string[] = [];
  if (failed.length > 0) lines.push(`no rows for this date: ${failed.join(', ')}`);
  if (stale.length > 0) lines.push(`still an earlier version: ${stale.join(', ')}`);
  if (tables.length > 0) {
    lines.push(`${counted(missing, 'row', 'rows')} of the day affected (${formatPercent(missing, rows)})`);
    lines.push(`${tableCount - tables.length} other tables are not affected`);
  } else {
    lines.push('all tables are merged');
  }
  lines.push(consumers.length > 0 ? `consumers: ${consumers.join(', ')}` : 'consumers: none configured');
  return lines;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
