import { MemberNamePattern } from '../../archive/member-name.js';
import type { MemberRules } from '../../config/rules.js';

export interface InferredPattern {
  pattern: string;
  dateFormat: MemberRules['dateFormat'];
  /** In code-unit order. */
  tables: string[];
  /** How many of the names it reads. */
  matched: number;
}

/** Where the date may stand; `{table}` last resorts come at the end. `_` is the usual separator. */
const SHAPES = [
  '{table}_{date}_{batch}',
  '{table}_{date}',
  '{date}_{table}_{batch}',
  '{date}_{table}',
  '{batch}_{table}_{date}',
  '{table}_{batch}',
  '{table}',
];
const SEPARATORS = ['_', '-', '.'];
const DATE_FORMATS = ['YYYYMMDD', 'YYYY-MM-DD'] as const;

/**
 * The member pattern that reads most of the names, the usual one first. A date must be the business date, or it is
 * only a number; a batch without a date must be a number, or it is part of the table's name. Since `{table}` alone
 * reads everything, a pattern with a date is preferred as soon as it reads half of the names.
 */
export function inferPattern(names: readonly string[], date: string): InferredPattern | undefined {
  const dated = best(
    names,
    date,
    SHAPES.filter((shape) => shape.includes('{date}')),
  );
  if (dated && dated.matched * 2 >= names.length) return dated;
  const plain = best(
    names,
    date,
    SHAPES.filter((shape) => !shape.includes('{date}')),
  );
  return (plain?.matched ?? 0) > (dated?.matched ?? 0) ? plain : dated;
}

function best(
  names: readonly string[],
  date: string,
  shapes: readonly string[],
): InferredPattern | undefined {
  let found: InferredPattern | undefined;
  for (const extension of extensionsOf(names)) {
    for (const shape of shapes) {
      for (const separator of shape.includes('_') ? SEPARATORS : ['_']) {
        for (const dateFormat of shape.includes('{date}') ? DATE_FORMATS : DATE_FORMATS.slice(0, 1)) {
          const pattern = shape.replaceAll('}_{', `}${separator}{`) + extension;
          const read = readAll(names, { pattern, dateFormat }, date);
          if (read.matched > (found?.matched ?? 0)) found = { pattern, dateFormat, ...read };
        }
      }
    }
  }
  return found;
}

function readAll(
  names: readonly string[],
  rules: Pick<MemberRules, 'pattern' | 'dateFormat'>,
  date: string,
): Pick<InferredPattern, 'tables' | 'matched'> {
  const pattern = new MemberNamePattern(rules);
  const dated = rules.pattern.includes('{date}');
  const tables = new Set<string>();
  let matched = 0;
  for (const name of names) {
    const parts = pattern.parse(name, (candidate) => candidate.date === date);
    if (!parts || (dated && parts.date !== date)) continue;
    if (!dated && parts.batch !== undefined && !/^\d+$/.test(parts.batch)) continue;
    tables.add(parts.table);
    matched++;
  }
  return { tables: [...tables].sort(), matched };
}

/** Most frequent first. */
function extensionsOf(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) {
    const extension = /\.[A-Za-z][A-Za-z0-9]*$/.exec(name)?.[0] ?? '';
    counts.set(extension, (counts.get(extension) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([extension]) => extension);
}
