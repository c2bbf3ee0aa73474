import { escapeText } from '../../archive/escape-text.js';
import type { TableComparison } from '../../compare/table-comparison.js';
import { count } from '../output/format.js';
import type { Style } from '../output/style.js';
import { renderTable } from '../output/table.js';

/** A table that only one side has. */
export interface LoneTable {
  table: string;
  same: false;
  onlyOn: 'published' | 'legacy';
}

export type Compared = TableComparison | LoneTable;

const SHOWN_VALUE = 60;

/** One line a table, then what differs, with samples. */
export function compareText(tables: readonly Compared[], style: Style): string {
  const table = renderTable<Compared>(
    [
      { title: 'table', value: ({ table: name }) => name },
      { title: 'result', value: ({ same }) => (same ? style('green', 'same') : style('red', 'differs')) },
      { title: 'rows', value: (one) => ('rows' in one ? count(one.rows.published) : ''), align: 'right' },
      { title: 'legacy', value: (one) => ('rows' in one ? count(one.rows.legacy) : ''), align: 'right' },
      { title: 'equal', value: (one) => ('rows' in one ? count(one.equal) : ''), align: 'right' },
      { title: 'changed', value: (one) => ('rows' in one ? count(one.changed) : ''), align: 'right' },
      { title: 'only here', value: (one) => ('rows' in one ? count(one.onlyPublished) : ''), align: 'right' },
      { title: 'only legacy', value: (one) => ('rows' in one ? count(one.onlyLegacy) : ''), align: 'right' },
      { title: 'note', value: note },
    ],
    tables,
  );
  const details = tables.flatMap((one) =>
    'rows' in one && !one.same ? ['', ...detailLines(one, style)] : [],
  );
  return [table, ...details].join('\n');
}

function note(one: Compared): string {
  if (!('rows' in one)) return `only ${one.onlyOn === 'published' ? 'here' : 'in the legacy pipeline'}`;
  const { columns, ragged } = one;
  return [
    ...(columns.onlyPublished.length > 0 ? [`columns only here: ${columns.onlyPublished.join(', ')}`] : []),
    ...(columns.onlyLegacy.length > 0 ? [`columns only in legacy: ${columns.onlyLegacy.join(', ')}`] : []),
    ...(columns.reordered ? ['columns in another order'] : []),
    ...(ragged.legacy > 0 ? [`${count(ragged.legacy)} ragged rows in legacy`] : []),
  ]
    .map(escapeText)
    .join('; ');
}

function detailLines(
  { table, key, changedColumns, samples, repeatedKeys }: TableComparison,
  style: Style,
): string[] {
  const lines = [
    `Table ${style('bold', table)}${key.length > 0 ? `, by ${key.join(', ')}` : ', by whole rows'}`,
  ];
  if (repeatedKeys.published + repeatedKeys.legacy > 0) {
    lines.push(
      `  the key is not unique: ${count(repeatedKeys.published)} rows here and ${count(repeatedKeys.legacy)} in legacy share one`,
    );
  }
  for (const { column, values } of changedColumns)
    lines.push(`  ${escapeText(column)}: ${count(values)} values changed`);
  for (const { key: at, values } of samples.changed) {
    lines.push(`  ${shown(at)}`);
    for (const { column, published, legacy } of values) {
      lines.push(`    ${escapeText(column)}: ${quoted(published)} here, ${quoted(legacy)} in legacy`);
    }
  }
  for (const row of samples.onlyPublished) lines.push(`  only here    ${shown(row)}`);
  for (const row of samples.onlyLegacy) lines.push(`  only legacy  ${shown(row)}`);
  return lines;
}

function shown(row: Record<string, string>): string {
  return Object.entries(row)
    .map(([column, value]) => `${escapeText(column)}=${quoted(value)}`)
    .join(' ');
}

function quoted(value: string): string {
  const text = escapeText(value);
  return JSON.stringify(text.length > SHOWN_VALUE ? `${text.slice(0, SHOWN_VALUE)}…` : text);
}
