import type { Incident, QualityConfig } from '../config/quality-config.js';
import type { Observation } from './baseline.js';
import type { DayFigures } from './day-figures.js';

/** An earlier day that nothing is learned from, and why. */
export interface LeftOut {
  date: string;
  why: string;
}

/** Earlier days as they may be learned from: published, in their newest version, and without a marked incident. */
export class History {
  readonly leftOut: LeftOut[];
  /** In order of date. */
  readonly days: readonly DayFigures[];
  readonly #incidents: readonly Incident[];

  /** `found`: what earlier days published; `unusable`: days without figures, with the reason. */
  constructor(
    found: readonly DayFigures[],
    unusable: readonly LeftOut[],
    { incidents }: Pick<QualityConfig, 'incidents'>,
  ) {
    this.#incidents = incidents.filter(({ tables }) => tables !== undefined);
    const marked = incidents.filter(({ tables }) => tables === undefined);
    const days: DayFigures[] = [];
    this.leftOut = [...unusable];
    for (const day of found) {
      const incident = marked.find((candidate) => covers(candidate, day.date));
      if (incident === undefined) days.push(day);
      else this.leftOut.push({ date: day.date, why: because(incident) });
    }
    this.days = days.sort(byDate);
    this.leftOut.sort(byDate);
  }

  static readonly none = new History([], [], { incidents: [] });

  /** One figure of every day that has it; of a table without the days on which it had an incident. */
  series(table: string | undefined, figure: (day: DayFigures) => number | undefined): Observation[] {
    return this.days.flatMap((day) => {
      if (table !== undefined && this.#hadIncident(table, day.date)) return [];
      const value = figure(day);
      return value === undefined ? [] : [{ date: day.date, value }];
    });
  }

  #hadIncident(table: string, date: string): boolean {
    return this.#incidents.some((incident) => incident.tables!.includes(table) && covers(incident, date));
  }
}

function covers({ from, to = from }: Incident, date: string): boolean {
  return from <= date && date <= to;
}

function because({ why }: Incident): string {
  return why === undefined ? 'marked as an incident' : `marked as an incident: ${why}`;
}

function byDate(a: { date: string }, b: { date: string }): number {
  return a.date < b.date ? -1 : a.date > b.date ? 1 : 0;
}
