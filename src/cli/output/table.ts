import { textWidth } from './text-width.js';

export interface Column<T> {
  title: string;
  value: (row: T) => string;
  align?: 'right';
}

/** Aligned columns, two spaces apart, without borders; no trailing blanks. */
export function renderTable<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const cells = [
    columns.map((column) => column.title),
    ...rows.map((row) => columns.map(({ value }) => value(row))),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => textWidth(line[index]!))));
  return cells
    .map((line) =>
      line
        .map((cell, index) => {
          const gap = ' '.repeat(widths[index]! - textWidth(cell));
          return columns[index]!.align === 'right' ? gap + cell : cell + gap;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
