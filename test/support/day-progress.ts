import type { Progress } from '../../src/workflows/messages.js';

/** What a running day says of itself; tables are merged ones. */
export function dayProgress(
  fields: Partial<Omit<Progress, 'tables'>> & { tables?: string[] } = {},
): Progress {
  const { tables = [], ...rest } = fields;
  return {
    partner: 'acme',
    date: '2026-11-20',
    stage: 'merging',
    message: 'merging',
    sources: [{ source: 'main', complete: true, because: 'sealed', landed: 3 }],
    archives: { landed: 3, committed: 3, failed: 0, bytes: 300 },
    tables: tables.map((table) => ({
      table,
      state: 'merged',
      files: 1,
      rows: 2,
      bytes: 3,
      round: 1,
      tries: 1,
    })),
    ...rest,
  };
}
