import { checkRelations } from './check-relations.js';
import type { PartnerConfig } from './partner-config.js';

export interface CrossProblem {
  path: (string | number)[];
  message: string;
}

/** What one partner's configuration must obey beyond the shape of each field. */
export function crossCheck(config: PartnerConfig): CrossProblem[] {
  return [
    ...checkSources(config),
    ...checkPattern(config),
    ...checkDialects(config),
    ...checkTables(config),
    ...checkRelations(config),
  ];
}

function* checkSources({ sources }: PartnerConfig): Generator<CrossProblem> {
  const seen = new Map<string, number>();
  const places = new Map<string, number>();
  for (const [index, source] of sources.entries()) {
    const twin = seen.get(source.id);
    if (twin !== undefined) {
      yield {
        path: ['sources', index, 'id'],
        message: `expected another id than sources[${twin}], received ${quoted(source.id)}`,
      };
    } else seen.set(source.id, index);
    const place = `${source.landing} ${source.archives}`;
    const other = places.get(place);
    if (other !== undefined) {
      yield {
        path: ['sources', index, 'landing'],
        message: `expected another prefix or archive pattern than sources[${other}], received ${quoted(source.landing)}: each archive would count twice`,
      };
    } else places.set(place, index);
  }
}

const PLACEHOLDER = /\{([^{}]*)\}/g;

function* checkPattern({ members }: PartnerConfig): Generator<CrossProblem> {
  const path = ['members', 'pattern'];
  const received = `received ${quoted(members.pattern)}`;
  const names = [...members.pattern.matchAll(PLACEHOLDER)].map((match) => match[1]!);
  if (members.pattern === '')
    yield { path, message: `expected a pattern such as {table}_{date}_{batch}.csv, ${received}` };
  if (names.some((name) => !['table', 'date', 'batch'].includes(name))) {
    yield { path, message: `expected no placeholder but {table}, {date} and {batch}, ${received}` };
  }
  if (/[{}]/.test(members.pattern.replace(PLACEHOLDER, ''))) {
    yield { path, message: `expected every "{" to be closed by a "}", ${received}` };
  }
}

function* checkDialects(config: PartnerConfig): Generator<CrossProblem> {
  const dialects: [(string | number)[], PartnerConfig['dialect']][] = [[['dialect'], config.dialect]];
  for (const [table, rules] of Object.entries(config.tables)) {
    if (rules.dialect) dialects.push([['tables', table, 'dialect'], rules.dialect]);
  }
  for (const [path, { delimiter, quote }] of dialects) {
    if (delimiter === quote) {
      yield {
        path: [...path, 'quote'],
        message: `expected another character than the delimiter, received ${quoted(quote)}`,
      };
    }
    for (const [name, character] of Object.entries({ delimiter, quote })) {
      if (/[\r\n\0]/.test(character)) {
        yield {
          path: [...path, name],
          message: `expected a character other than CR, LF and NUL, received ${quoted(character)}`,
        };
      }
    }
  }
}

function* checkTables({ tables }: PartnerConfig): Generator<CrossProblem> {
  for (const [table, { columns, required, types, aliases }] of Object.entries(tables)) {
    const path = ['tables', table];
    if (columns) {
      const known = new Set<string>();
      for (const [index, column] of columns.entries()) {
        if (known.has(column)) {
          yield {
            path: [...path, 'columns', index],
            message: `expected each column once, received ${quoted(column)} again`,
          };
        }
        known.add(column);
      }
      for (const [index, column] of required.entries()) {
        if (!known.has(column)) {
          yield {
            path: [...path, 'required', index],
            message: `expected one of columns, received ${quoted(column)}`,
          };
        }
      }
      for (const column of Object.keys(types)) {
        if (!known.has(column)) {
          yield {
            path: [...path, 'types', column],
            message: `expected one of columns, received ${quoted(column)}`,
          };
        }
      }
    }
    for (const [from, to] of Object.entries(aliases)) {
      if (from === to || aliases[to] !== undefined) {
        yield {
          path: [...path, 'aliases', from],
          message: `expected a name that is not an alias itself, received ${quoted(to)}`,
        };
      }
    }
  }
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
