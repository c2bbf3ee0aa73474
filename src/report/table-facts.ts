import type { TableReport } from '../quality/summary-json.js';
import type { DayFacts } from './day-facts.js';
import { median } from './report.js';

/** One table over the days of a report. */
export interface TableFacts {
  table: string;
  /** On the day, or the newest one, that is reported on. */
  now?: TableReport;
  /** By day, in the order of the days; absent where the day has no such table. */
  byDay: (TableReport | undefined)[];
  /** Rows merged on the other days. */
  medianRows?: number;
  failedDays: string[];
}

/** What needs somebody first: failed, then stale, then by how often it failed, then by name. */
export function tableFacts(days: readonly DayFacts[], focus: DayFacts | undefined): TableFacts[] {
  const names = new Set(days.flatMap(({ summary }) => (summary?.tables ?? []).map(({ table }) => table)));
  const rank = { failed: 0, stale: 1, merged: 2 } as const;
  return [...names]
    .map((table): TableFacts => {
      const of = ({ summary }: DayFacts) => summary?.tables.find((candidate) => candidate.table === table);
      const byDay = days.map(of);
      const others = days.filter(({ date }) => date !== focus?.date).map(of);
      const medianRows = median(others.flatMap((day) => (day?.status === 'merged' ? [day.rows] : [])));
      const now = focus && of(focus);
      return {
        table,
        ...(now === undefined ? {} : { now }),
        byDay,
        ...(medianRows === undefined ? {} : { medianRows }),
        failedDays: days.filter((_, index) => byDay[index]?.status === 'failed').map(({ date }) => date),
      };
    })
    .sort(
      (a, b) =>
        rank[a.now?.status ?? 'merged'] - rank[b.now?.status ?? 'merged'] ||
        b.failedDays.length - a.failedDays.length ||
        (a.table < b.table ? -1 : 1),
    );
}
