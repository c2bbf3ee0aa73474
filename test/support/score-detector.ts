import type { QualityConfig } from '../../src/config/quality-config.js';
import type { DayFigures } from '../../src/quality/day-figures.js';
import type { Finding } from '../../src/quality/finding.js';
import { History } from '../../src/quality/history.js';
import { historyChecks } from '../../src/quality/history-checks.js';
import {
  type GeneratedDay,
  generateHistory,
  type IncidentKind,
  type PlantedIncident,
} from './history-generator.js';

export interface DetectorScore {
  planted: number;
  found: number;
  /** Warnings that say what was planted, or follow from it; and those about nothing. */
  right: number;
  wrong: number;
  byKind: Map<IncidentKind, { planted: number; found: number }>;
  /** For people who look into a failure. */
  missed: string[];
  falseAlarms: string[];
}

/** Walks through generated histories as a partner lives through them, day by day, and counts what was noticed. */
export function scoreDetector(
  seeds: readonly number[],
  incidents: number,
  quality: QualityConfig,
): DetectorScore {
  const score: DetectorScore = {
    planted: 0,
    found: 0,
    right: 0,
    wrong: 0,
    byKind: new Map(),
    missed: [],
    falseAlarms: [],
  };
  for (const seed of seeds) {
    const { days, planted } = generateHistory(seed, incidents);
    const figures = days.map(figuresOfDay);
    for (const [index, today] of figures.entries()) {
      const earlier = new History(figures.slice(0, index), [], quality);
      const { findings } = historyChecks(today, earlier, quality, { announced: false });
      const alarms = findings.filter(({ severity }) => severity === 'warning');
      const here = planted.filter(({ date }) => date === today.date);
      count(score, `seed ${seed} ${today.date}`, alarms, here);
    }
  }
  return score;
}

function count(
  score: DetectorScore,
  when: string,
  alarms: readonly Finding[],
  planted: readonly PlantedIncident[],
): void {
  for (const incident of planted) {
    const kind = score.byKind.get(incident.kind) ?? { planted: 0, found: 0 };
    score.byKind.set(incident.kind, kind);
    score.planted++;
    kind.planted++;
    if (alarms.some((alarm) => names(alarm, incident))) {
      score.found++;
      kind.found++;
    } else score.missed.push(`${when} ${JSON.stringify(incident)}`);
  }
  for (const alarm of alarms) {
    if (planted.some((incident) => names(alarm, incident) || follows(alarm, incident))) score.right++;
    else {
      score.wrong++;
      score.falseAlarms.push(
        `${when} ${alarm.code} ${alarm.table ?? ''} ${alarm.column ?? ''} ${alarm.detail}`,
      );
    }
  }
}

const SAYS: Record<IncidentKind, Finding['code'][]> = {
  'rows fall': ['row-count-change'],
  'rows surge': ['row-count-change'],
  'nulls rise': ['null-ratio-change'],
  'keys collapse': ['distinct-change'],
  'archives missing': ['archive-missing'],
  'members missing': ['member-missing'],
  'archives late': ['late-arrival'],
};

/** The alarm says what was planted, and where. */
function names({ code, table, column }: Finding, { kind, ...planted }: PlantedIncident): boolean {
  if (!SAYS[kind].includes(code)) return false;
  if (table !== planted.table) return false;
  return kind !== 'nulls rise' || column === planted.column;
}

/** It is true because of what was planted: fewer archives are fewer rows. */
function follows({ code, table }: Finding, { kind, ...planted }: PlantedIncident): boolean {
  const volume = ['row-count-change', 'distinct-change', 'volume-change', 'member-missing'].includes(code);
  if (kind === 'archives missing') return volume;
  const same = table === undefined || table === planted.table;
  if (kind === 'nulls rise') return code === 'null-ratio-change' && same;
  return kind !== 'archives late' && kind !== 'keys collapse' && volume && same;
}

function figuresOfDay(day: GeneratedDay): DayFigures {
  return {
    format: 1,
    partner: 'acme',
    date: day.date,
    version: 1,
    archives: day.archives,
    bytes: 0,
    rows: day.tables.reduce((total, { rows }) => total + rows, 0),
    arrivedAfter: day.arrivedAfter,
    tables: Object.fromEntries(
      day.tables.map(({ name, rows, members, columns, keys }) => [
        name,
        {
          rows,
          members,
          columns: columns.map((column) => column.name),
          nulls: columns.map((column) => column.nulls),
          distinct: { key: keys },
        },
      ]),
    ),
  };
}
