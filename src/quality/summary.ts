import { compareUtf8 } from '../store/utf8-order.js';
import { formatPercent } from './ratio.js';
import type { TableSummary } from './table-summary.js';

/** `summary.txt`: a block per table in byte order of name, a blank line between, LF at the end. */
export function renderSummaryText(tables: readonly TableSummary[]): string {
  const blocks = [...tables].sort((a, b) => compareUtf8(a.table, b.table)).map(block);
  return blocks.join('\n');
}

function block(table: TableSummary): string {
  return `Table: ${table.table}
- Total files: ${table.files}
- Merged rows: ${table.rows}
- Header consistent: ${table.headerConsistent ? 'YES' : 'NO'}
- Null ratio: ${formatPercent(table.nullCells, table.cells)}
- Missing fields: [${table.missingFields.map(quoted).join(', ')}]
- Error: ${table.error === undefined ? 'None' : oneLine(table.error)}
`;
}

const ESCAPES: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

/** As Python writes a string in a list: single quotes, unless the text has those and no double ones. */
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/[\\\x00-\x1f\x7f]/g, escapeControl);
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
}

function oneLine(text: string): string {
  return text.replace(/[\x00-\x1f\x7f]/g, escapeControl);
}

function escapeControl(character: string): string {
  return ESCAPES[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
