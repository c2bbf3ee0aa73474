import { suggestRenames } from './rename-suggestions.js';

export interface SchemaShape {
  columns: readonly string[];
  types: readonly string[];
}

export interface SchemaDifference {
  kind: 'added' | 'removed' | 'moved' | 'renamed' | 'retyped';
  column: string;
  /** `renamed`: a suggestion. */
  was?: string;
  /** 1-based place in the table. */
  before?: number;
  now?: number;
  typeBefore?: string;
  typeNow?: string;
}

/** How a table differs between two days, in the order of its columns: those that are gone where they stood. */
export function schemaDiff(before: SchemaShape, now: SchemaShape): SchemaDifference[] {
  const typeOf = ({ columns, types }: SchemaShape, column: string) => types[columns.indexOf(column)];
  const renames = suggestRenames({
    reference: before.columns,
    header: now.columns,
    fits: (was, column) => fits(typeOf(before, was), typeOf(now, column)),
  });
  const was = new Map(renames.map((rename) => [rename.column, rename.was]));
  const isRenamed = new Set(was.values());
  const moved = movedColumns(before.columns, now.columns);
  const differences: (SchemaDifference & { order: number })[] = [];
  for (const [index, column] of now.columns.entries()) {
    const place = { column, now: index + 1, order: index };
    const typeNow = typeOf(now, column);
    const earlier = was.get(column) ?? column;
    const at = before.columns.indexOf(earlier);
    if (at < 0) {
      differences.push({ kind: 'added', ...place, ...(typeNow === undefined ? {} : { typeNow }) });
      continue;
    }
    const both = { ...place, before: at + 1 };
    if (earlier !== column) differences.push({ kind: 'renamed', was: earlier, ...both });
    else if (moved.has(column)) differences.push({ kind: 'moved', ...both });
    const typeBefore = typeOf(before, earlier);
    if (typeBefore !== undefined && typeNow !== undefined && isOther(typeBefore, typeNow))
      differences.push({ kind: 'retyped', ...both, typeBefore, typeNow });
  }
  for (const [index, column] of before.columns.entries()) {
    if (now.columns.includes(column) || isRenamed.has(column)) continue;
    const typeBefore = typeOf(before, column);
    differences.push({
      kind: 'removed',
      column,
      before: index + 1,
      order: index - 0.5,
      ...(typeBefore === undefined ? {} : { typeBefore }),
    });
  }
  return differences.sort((a, b) => a.order - b.order).map(({ order: _order, ...difference }) => difference);
}

/** Of a column without values the type is not known. */
function isOther(before: string, now: string): boolean {
  return before !== now && before !== 'null' && now !== 'null';
}

function fits(before: string | undefined, now: string | undefined): boolean | undefined {
  if (before === undefined || now === undefined || before === 'null' || now === 'null') return undefined;
  return before === now;
}

/** The fewest columns whose moving makes the one order of the other: all but the longest run that kept its order. */
function movedColumns(before: readonly string[], now: readonly string[]): Set<string> {
  const place = new Map(before.map((column, index) => [column, index]));
  const common = now.filter((column) => place.has(column));
  const best: number[] = [];
  const from: number[] = [];
  for (const [index, column] of common.entries()) {
    best[index] = 1;
    from[index] = -1;
    for (let earlier = 0; earlier < index; earlier++) {
      if (place.get(common[earlier]!)! < place.get(column)! && best[earlier]! + 1 > best[index]!) {
        best[index] = best[earlier]! + 1;
        from[index] = earlier;
      }
    }
  }
  const kept = new Set<string>();
  let at = best.indexOf(Math.max(0, ...best));
  while (at >= 0) {
    kept.add(common[at]!);
    at = from[at]!;
  }
  return new Set(common.filter((column) => !kept.has(column)));
}
