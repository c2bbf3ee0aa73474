import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { CrossProblem } from './cross-checks.js';
import type { PartnerConfig } from './partner-config.js';
import { expectedTablesSchema } from './quality-config.js';

/** What is needed of a `table_metadata.json`. */
const tableMetadataSchema = z.object({
  format: z.literal(1),
  tables: z.array(
    z.object({
      table: z.string(),
      columns: z.array(z.object({ name: z.string(), type: z.string() })),
    }),
  ),
});

/**
 * Reads `quality.schemaFile`, which lies beside the partner's file, into `quality.expected`: from there on the
 * configuration is whole, and a run pins the schema with it. What `expected` says of a table already stands.
 */
export async function withSchemaFile(
  path: string,
  config: PartnerConfig,
): Promise<PartnerConfig | CrossProblem> {
  const { schemaFile, expected } = config.quality;
  if (schemaFile === undefined) return config;
  const problem = (received: string): CrossProblem => ({
    path: ['quality', 'schemaFile'],
    message: `expected a table_metadata.json beside this file, received ${JSON.stringify(schemaFile)}: ${received}`,
  });
  const text = await read(resolve(dirname(path), schemaFile));
  if (typeof text !== 'string') return problem(text.because);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return problem('not JSON');
  }
  const parsed = tableMetadataSchema.safeParse(value);
  if (!parsed.success) return problem(z.prettifyError(parsed.error).replaceAll('\n', ' '));
  const named = expectedTablesSchema.safeParse(
    Object.fromEntries(parsed.data.tables.map(({ table, columns }) => [table, columns])),
  );
  if (!named.success) return problem(z.prettifyError(named.error).replaceAll('\n', ' '));
  return { ...config, quality: { ...config.quality, expected: { ...named.data, ...expected } } };
}

async function read(path: string): Promise<string | { because: string }> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { because: code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'a directory' : message };
  }
}
