import type { Progress } from '../workflows/messages.js';

/** A partner-day as flat text fields: one for each fact of the day, one for each table. */
export function progressFields(day: Progress): Map<string, string> {
  const { partner, date, stage, message, archives, sources, version, score, nextRoundAt } = day;
  const fields = new Map<string, string>([
    ['partner', partner],
    ['date', date],
    ['stage', stage],
    ['message', message],
    ['archives', JSON.stringify(archives)],
    ['sources', JSON.stringify(sources)],
  ]);
  if (version !== undefined) fields.set('version', String(version));
  if (score !== undefined) fields.set('score', String(score));
  if (nextRoundAt !== undefined) fields.set('nextRoundAt', nextRoundAt);
  for (const { table, ...rest } of day.tables) fields.set(`table:${table}`, JSON.stringify(rest));
  return fields;
}

export interface FieldChanges {
  set: Map<string, string>;
  gone: string[];
}

/** What differs from what was there before. */
export function changedFields(
  before: ReadonlyMap<string, string> | undefined,
  now: ReadonlyMap<string, string>,
): FieldChanges {
  return {
    set: new Map([...now].filter(([name, value]) => before?.get(name) !== value)),
    gone: [...(before?.keys() ?? [])].filter((name) => !now.has(name)),
  };
}
