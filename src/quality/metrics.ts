import type { QualityConfig } from '../config/quality-config.js';
import type { Scale } from './baseline.js';
import type { DayFigures, TableFigures } from './day-figures.js';
import type { FindingCode } from './finding-code.js';
import { columnThreshold, tableThreshold } from './thresholds.js';

export interface MetricKind {
  code: FindingCode;
  /** `share`: of null cells. `count`: of things. */
  unit: 'archives' | 'members' | 'rows' | 'distinct values' | 'share' | 'minutes';
  scale: Scale;
  /** See `BaselineRules`. */
  floor: number;
  /** Which way is bad. */
  direction: 'down' | 'up' | 'both';
}

/** One number of a day that is compared with the same number of earlier days. */
export interface Metric extends MetricKind {
  table?: string;
  column?: string;
  today: number;
  /** The least change that matters: a share of what was expected where `scale` is relative, else an amount. */
  threshold: number;
  figure(day: DayFigures): number | undefined;
}

const COUNTED = { scale: 'relative', floor: 0.005 } as const;
const MISSING_ARCHIVES: MetricKind = {
  code: 'archive-missing',
  unit: 'archives',
  direction: 'down',
  ...COUNTED,
};
const MISSING_MEMBERS: MetricKind = {
  code: 'member-missing',
  unit: 'members',
  direction: 'down',
  ...COUNTED,
};
const ARCHIVES: MetricKind = { code: 'volume-change', unit: 'archives', direction: 'both', ...COUNTED };
const ROWS: MetricKind = { code: 'volume-change', unit: 'rows', direction: 'both', ...COUNTED };
const TABLE_ROWS: MetricKind = { code: 'row-count-change', unit: 'rows', direction: 'both', ...COUNTED };
const DISTINCT: MetricKind = {
  code: 'distinct-change',
  unit: 'distinct values',
  direction: 'both',
  ...COUNTED,
};
const NULLS: MetricKind = {
  code: 'null-ratio-change',
  unit: 'share',
  direction: 'up',
  scale: 'absolute',
  floor: 0.002,
};
const LATENESS: MetricKind = {
  code: 'late-arrival',
  unit: 'minutes',
  direction: 'up',
  scale: 'absolute',
  floor: 5,
};

const MINUTE = 60_000;

/** All that can be compared of a day. `announced`: its sources said how many archives there should be. */
export function* metricsOf(
  today: DayFigures,
  quality: QualityConfig,
  { announced }: { announced: boolean },
): Generator<Metric> {
  const { volumeChange, missingFiles, history } = quality;
  const archives = (day: DayFigures) => day.archives;
  if (!announced)
    yield { ...MISSING_ARCHIVES, today: today.archives, threshold: missingFiles, figure: archives };
  yield { ...ARCHIVES, today: today.archives, threshold: volumeChange, figure: archives };
  yield { ...ROWS, today: today.rows, threshold: volumeChange, figure: ({ rows }) => rows };
  if (today.arrivedAfter !== undefined) {
    const threshold = Math.round(history.lateBy / MINUTE);
    yield { ...LATENESS, today: today.arrivedAfter, threshold, figure: ({ arrivedAfter }) => arrivedAfter };
  }
  for (const table of Object.keys(today.tables)) yield* metricsOfTable(table, today.tables[table]!, quality);
}

function* metricsOfTable(table: string, figures: TableFigures, quality: QualityConfig): Generator<Metric> {
  const of =
    (figure: (of: TableFigures) => number | undefined): Metric['figure'] =>
    ({ tables }) => {
      const own = Object.hasOwn(tables, table) ? tables[table] : undefined;
      return own && figure(own);
    };
  const thresholdOf = (name: Parameters<typeof tableThreshold>[2]) => tableThreshold(quality, table, name);
  const members = of((own) => own.members);
  yield {
    ...MISSING_MEMBERS,
    table,
    today: figures.members,
    threshold: thresholdOf('missingFiles'),
    figure: members,
  };
  const rows = of((own) => own.rows);
  yield { ...TABLE_ROWS, table, today: figures.rows, threshold: thresholdOf('volumeChange'), figure: rows };
  const nulls = nullShare(figures);
  if (nulls !== undefined)
    yield { ...NULLS, table, today: nulls, threshold: thresholdOf('nullRatioChange'), figure: of(nullShare) };
  for (const column of figures.columns) {
    const share = nullShare(figures, column);
    if (share === undefined) continue;
    const threshold = columnThreshold(quality, table, column, 'nullRatioChange');
    yield { ...NULLS, table, column, today: share, threshold, figure: of((own) => nullShare(own, column)) };
  }
  for (const [column, count] of Object.entries(figures.distinct ?? {})) {
    const threshold = columnThreshold(quality, table, column, 'distinctChange');
    yield {
      ...DISTINCT,
      table,
      column,
      today: count,
      threshold,
      figure: of((own) => own.distinct?.[column]),
    };
  }
}

/** Null cells / cells of a column, or of all of them. `undefined`: there are none. */
function nullShare({ rows, columns, nulls }: TableFigures, column?: string): number | undefined {
  if (column === undefined) {
    const cells = rows * columns.length;
    return cells === 0 ? undefined : nulls.reduce((total, count) => total + count, 0) / cells;
  }
  const index = columns.indexOf(column);
  return index < 0 || rows === 0 ? undefined : nulls[index]! / rows;
}
