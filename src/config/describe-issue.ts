import type { z } from 'zod';
import { nearest } from './nearest.js';
import { namesAt } from './schema-shape.js';

const WORDS: Record<string, string> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** `expected X, received Y` for an issue zod found; `value` is what stands at its path. */
export function describeIssue(issue: z.core.$ZodIssue, value: unknown): string {
  return `${expectation(issue)}, received ${describeValue(value)}`;
}

/** For a name a mapping does not have. */
export function describeUnknownName(
  name: string,
  schema: z.core.$ZodType,
  path: readonly PropertyKey[],
): string {
  const names = namesAt(schema, path) ?? [];
  const near = nearest(name, names);
  const hint = near ? ` (did you mean ${near}?)` : '';
  return `expected one of ${names.join(', ')}, received ${JSON.stringify(name)}${hint}`;
}

/** As a person would recognise it in the file. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'an empty value';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value !== 'string') return `the ${typeof value} ${String(value)}`;
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 76)}..."` : text;
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${WORDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `expected ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`;
    case 'too_small':
      return `expected ${bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum)}`;
    case 'too_big':
      return issue.exact
        ? `expected ${bound(issue.origin, 'exactly', issue.maximum)}`
        : `expected ${bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum)}`;
    case 'invalid_key':
      return `expected a name that matches ${patternOf(issue.issues[0])}`;
    default:
      return issue.message.replace(/, received [^,]*$/, '');
  }
}

function bound(origin: string, words: string, limit: number | bigint): string {
  const unit = origin === 'string' ? 'character' : origin === 'array' ? 'item' : undefined;
  return `${words} ${limit}${unit ? ` ${unit}${Number(limit) === 1 ? '' : 's'}` : ''}`;
}

function patternOf(issue: z.core.$ZodIssue | undefined): string {
  return issue?.code === 'invalid_format' && issue.pattern ? issue.pattern : 'the pattern';
}
