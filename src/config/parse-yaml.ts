import { type Document, LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import type { ConfigProblem } from './config-problem.js';
import { describeIssue, describeUnknownName } from './describe-issue.js';
import { at, locateName, locateValue, renderPath } from './source-location.js';

export interface ParsedYaml<T> {
  /** Absent when there are problems. */
  value?: T;
  problems: ConfigProblem[];
  /** A further problem at a place of this document, for checks a schema cannot express. */
  problemAt: (path: readonly PropertyKey[], message: string) => ConfigProblem;
}

/** Reads one YAML document against a schema. Never throws: whatever is wrong becomes a problem with its place. */
export function parseYaml<S extends z.ZodType>(
  file: string,
  text: string,
  schema: S,
): ParsedYaml<z.output<S>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problemAt = (path: readonly PropertyKey[], message: string): ConfigProblem => ({
    file,
    ...locateValue(document, lines, path),
    path: renderPath(path),
    message,
  });
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({
      file,
      ...at(lines, error.pos[0]),
      path: '',
      message: `not valid YAML: ${sentence(error.message)}`,
    }));
    return { problems, problemAt };
  }
  let input: unknown;
  try {
    input = document.toJS();
  } catch (error) {
    // Unresolved or excessive aliases are found only here.
    const place = at(lines, firstBadAlias(document));
    const message = `not valid YAML: ${sentence((error as Error).message)}`;
    return { problems: [{ file, ...place, path: '', message }], problemAt };
  }
  const result = schema.safeParse(input ?? (text.trim() === '' || input === null ? {} : input));
  if (result.success) return { value: result.data, problems: [], problemAt };
  const problems = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((name) => ({
          file,
          ...locateName(document, lines, issue.path, name),
          path: renderPath([...issue.path, name]),
          message: describeUnknownName(name, schema, issue.path),
        }))
      : issue.code === 'invalid_key'
        ? [
            {
              file,
              ...locateName(document, lines, issue.path.slice(0, -1), String(issue.path.at(-1))),
              path: renderPath(issue.path),
              message: describeIssue(issue, issue.path.at(-1)),
            },
          ]
        : [problemAt(issue.path, describeIssue(issue, valueAt(input, issue.path)))],
  );
  return { problems: problems.sort((a, b) => a.line - b.line || a.column - b.column), problemAt };
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      value !== null && typeof value === 'object' ? (value as Record<PropertyKey, unknown>)[step] : undefined,
    input,
  );
}

function sentence(text: string): string {
  return text.split('\n')[0]!.replace(/[.:]$/, '');
}

function firstBadAlias(document: Document.Parsed): number {
  let found = 0;
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return undefined;
      found = alias.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return found;
}
