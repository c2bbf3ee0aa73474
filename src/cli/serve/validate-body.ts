import type { z } from 'zod';
import { HttpProblem } from './http-problem.js';

/** JSON of this shape; says every place that is wrong, not only the first. @throws HttpProblem 400 */
export function validateBody<T>(text: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new HttpProblem(400, `expected JSON: ${(cause as Error).message}`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => ({ path: pathText(path), message }));
  throw new HttpProblem(400, 'the body is not as expected; see issues', { issues });
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}
