import type { MemberRules } from '../config/rules.js';

/** What a member's file name says. */
export interface MemberName {
  readonly table: string;
  /** As `YYYY-MM-DD`, whether such a day exists or not; absent where the pattern has no `{date}`. */
  readonly date?: string;
  readonly batch?: string;
}

/** A pattern without `{table}` puts all its members into this one. */
const ONLY_TABLE = 'data';

/** Reads member names by a pattern such as `{table}_{date}_{batch}.csv`. */
export class MemberNamePattern {
  readonly #lazy: RegExp;
  readonly #greedy: RegExp;
  /** With a `/` in it the pattern speaks of the whole path, otherwise of the file name. */
  readonly #wholePath: boolean;

  constructor({ pattern, dateFormat }: Pick<MemberRules, 'pattern' | 'dateFormat'>) {
    this.#wholePath = pattern.includes('/');
    this.#lazy = compile(pattern, dateFormat, '?');
    this.#greedy = compile(pattern, dateFormat, '');
  }

  /**
   * A name can be read in two ways where a table's or a batch's own name looks like a date; `prefer` decides, then the
   * reading with the shorter table. `undefined`: the name does not match.
   */
  parse(path: string, prefer: (name: MemberName) => boolean = () => false): MemberName | undefined {
    const text = this.#wholePath ? path : path.slice(path.lastIndexOf('/') + 1);
    const short = read(this.#lazy, text);
    if (!short || prefer(short)) return short;
    const long = read(this.#greedy, text);
    return long && prefer(long) ? long : short;
  }
}

function compile(pattern: string, dateFormat: MemberRules['dateFormat'], table: '?' | ''): RegExp {
  const date = dateFormat === 'YYYYMMDD' ? '\\d{8}' : '\\d{4}-\\d{2}-\\d{2}';
  const seen = new Set<string>();
  const named = (name: string, body: string) => {
    // A placeholder that appears again must say the same again.
    if (seen.has(name)) return `\\k<${name}>`;
    seen.add(name);
    return `(?<${name}>${body})`;
  };
  const source = pattern.replace(
    /\{(table|date|batch)\}|\*|[\s\S]/gu,
    (token, placeholder: string | undefined) => {
      if (placeholder === 'table') return named('table', `[A-Za-z0-9][A-Za-z0-9_.-]{0,126}${table}`);
      if (placeholder === 'date') return named('date', date);
      if (placeholder === 'batch') return named('batch', '[^/]{1,200}');
      if (token === '*') return '[^/]*';
      return token.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    },
  );
  return new RegExp(`^${source}$`, 'u');
}

function read(regex: RegExp, text: string): MemberName | undefined {
  const match = regex.exec(text);
  if (!match) return undefined;
  const { table = ONLY_TABLE, date, batch } = match.groups ?? {};
  if (table.includes('..')) return undefined;
  return {
    table,
    ...(date === undefined ? {} : { date: isoDate(date) }),
    ...(batch === undefined ? {} : { batch }),
  };
}

function isoDate(text: string): string {
  return text.length === 8 ? `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}` : text;
}
