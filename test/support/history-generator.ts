/**
 * Ninety days of a partner, made up, with incidents planted in them. It is the other side of the detector's test and
 * takes nothing from `src`: not its statistics, not its random numbers, not its types.
 */
export interface GeneratedDay {
  date: string;
  archives: number;
  /** Minutes after the opening of the day. */
  arrivedAfter: number;
  tables: GeneratedTable[];
}

export interface GeneratedTable {
  name: string;
  rows: number;
  members: number;
  columns: { name: string; nulls: number }[];
  /** Distinct values of the key. */
  keys: number;
}

export type IncidentKind =
  | 'rows fall'
  | 'rows surge'
  | 'nulls rise'
  | 'keys collapse'
  | 'archives missing'
  | 'members missing'
  | 'archives late';

export interface PlantedIncident {
  kind: IncidentKind;
  date: string;
  table?: string;
  column?: string;
}

export interface GeneratedHistory {
  days: GeneratedDay[];
  planted: PlantedIncident[];
}

const DAYS = 90;
/** Nothing is planted before there is something to compare with. */
const FIRST_PLANTED = 35;
const KINDS: IncidentKind[] = [
  'rows fall',
  'rows surge',
  'nulls rise',
  'keys collapse',
  'archives missing',
  'members missing',
  'archives late',
];

export function generateHistory(seed: number, incidents: number): GeneratedHistory {
  const dice = new Dice(seed);
  const partner = makePartner(dice);
  const calendar = Array.from({ length: DAYS }, (_, day) => day).filter(
    (day) => !(partner.restsOnSunday && weekdayOf(day) === 0) && !dice.happens(0.01),
  );
  const days = calendar.map((day) => makeDay(partner, day, dice));
  const candidates = days.filter(({ date }) => date >= dateOf(FIRST_PLANTED));
  const planted: PlantedIncident[] = [];
  while (planted.length < incidents) {
    const day = candidates.splice(dice.below(candidates.length), 1)[0]!;
    planted.push(plant(KINDS[dice.below(KINDS.length)]!, day, dice));
  }
  return { days, planted };
}

interface Partner {
  archives: number;
  archiveNoise: number;
  restsOnSunday: boolean;
  week: number[];
  arrival: number;
  arrivalNoise: number;
  weekendArrival: number;
  tables: TableModel[];
}

interface TableModel {
  name: string;
  rows: number;
  growth: number;
  noise: number;
  week: number[];
  columns: { name: string; share: number; noise: number }[];
  keysPerRow: number;
}

function makePartner(dice: Dice): Partner {
  const flat = dice.happens(0.3);
  const week = weekProfile(dice, flat);
  return {
    archives: Math.round(dice.between(40, 600)),
    archiveNoise: dice.happens(0.6) ? 0 : dice.between(0.001, 0.015),
    restsOnSunday: dice.happens(0.25),
    week: dice.happens(0.7) ? Array(7).fill(1) : week,
    arrival: dice.between(40, 400),
    arrivalNoise: dice.between(3, 25),
    weekendArrival: dice.happens(0.3) ? dice.between(20, 120) : 0,
    tables: Array.from({ length: 3 + dice.below(5) }, (_, index) => ({
      name: `table${index}`,
      rows: 10 ** dice.between(2.7, 6),
      growth: dice.between(-0.001, 0.004),
      noise: dice.between(0.01, 0.1),
      week: dice.happens(0.5) ? week : weekProfile(dice, dice.happens(0.4)),
      columns: Array.from({ length: 3 + dice.below(6) }, (_, column) => ({
        name: `column${column}`,
        share: dice.happens(0.5) ? 0 : dice.happens(0.7) ? dice.between(0, 0.05) : dice.between(0.05, 0.5),
        noise: dice.between(0.02, 0.25),
      })),
      keysPerRow: dice.between(0.05, 0.9),
    })),
  };
}

/** Quiet weekends, and now and then a busy day. Sunday first. */
function weekProfile(dice: Dice, flat: boolean): number[] {
  if (flat) return Array.from({ length: 7 }, () => dice.between(0.95, 1.05));
  const weekend = dice.between(0.15, 0.9);
  const busy = dice.below(7);
  return Array.from({ length: 7 }, (_, day) => {
    const usual = day === 0 || day === 6 ? weekend * dice.between(0.9, 1.1) : dice.between(0.9, 1.1);
    return day === busy ? usual * dice.between(1, 1.6) : usual;
  });
}

function makeDay(partner: Partner, day: number, dice: Dice): GeneratedDay {
  const weekday = weekdayOf(day);
  const noise = 1 + dice.normal() * partner.archiveNoise;
  const archives = Math.max(1, Math.round(partner.archives * partner.week[weekday]! * noise));
  const weekend = weekday === 0 || weekday === 6;
  // Arrivals are late more often than they are early.
  const tail = dice.happens(0.05) ? dice.between(0, 40) : 0;
  return {
    date: dateOf(day),
    archives,
    arrivedAfter: Math.round(
      partner.arrival + (weekend ? partner.weekendArrival : 0) + dice.normal() * partner.arrivalNoise + tail,
    ),
    tables: partner.tables.map((model) => makeTable(model, day, archives, dice)),
  };
}

function makeTable(model: TableModel, day: number, archives: number, dice: Dice): GeneratedTable {
  // One day in fifty is livelier than the others, for no reason.
  const noise = model.noise * (dice.happens(0.02) ? 2.5 : 1);
  const factor = Math.exp(dice.normal() * noise + model.growth * day);
  const rows = Math.max(1, Math.round(model.rows * model.week[weekdayOf(day)]! * factor));
  return {
    name: model.name,
    rows,
    members: archives,
    columns: model.columns.map(({ name, share, noise: wobble }) => {
      const today = Math.min(1, Math.max(0, share * Math.exp(dice.normal() * wobble)));
      const error = Math.sqrt((today * (1 - today)) / rows) * dice.normal();
      return { name, nulls: within(0, rows, Math.round(rows * (today + error))) };
    }),
    keys: Math.max(1, Math.round(rows * model.keysPerRow * Math.exp(dice.normal() * 0.01))),
  };
}

function plant(kind: IncidentKind, day: GeneratedDay, dice: Dice): PlantedIncident {
  const { date } = day;
  const table = day.tables[dice.below(day.tables.length)]!;
  const shrink = (of: GeneratedTable, factor: number) => {
    of.rows = Math.max(1, Math.round(of.rows * factor));
    of.keys = Math.max(1, Math.round(of.keys * factor));
    for (const column of of.columns) column.nulls = Math.min(of.rows, Math.round(column.nulls * factor));
  };
  switch (kind) {
    case 'rows fall':
      shrink(table, dice.between(0.05, 0.6));
      return { kind, date, table: table.name };
    case 'rows surge':
      shrink(table, dice.between(1.5, 3));
      return { kind, date, table: table.name };
    case 'nulls rise': {
      const column = table.columns[dice.below(table.columns.length)]!;
      const share = column.nulls / table.rows;
      column.nulls = Math.round(table.rows * Math.min(1, share + dice.between(0.08, 0.6)));
      return { kind, date, table: table.name, column: column.name };
    }
    case 'keys collapse':
      table.keys = Math.max(1, Math.round(table.keys * dice.between(0.05, 0.65)));
      return { kind, date, table: table.name };
    case 'archives missing': {
      const left = dice.between(0.4, 0.92);
      day.archives = Math.max(1, Math.round(day.archives * left));
      for (const other of day.tables) {
        other.members = Math.min(other.members, day.archives);
        shrink(other, left);
      }
      return { kind, date };
    }
    case 'members missing': {
      const left = dice.between(0.4, 0.92);
      table.members = Math.max(1, Math.round(table.members * left));
      shrink(table, left);
      return { kind, date, table: table.name };
    }
    case 'archives late':
      day.arrivedAfter += Math.round(dice.between(90, 480));
      return { kind, date };
  }
}

/** 2026-03-01 was a Sunday. */
const START = Date.UTC(2026, 2, 1);

function dateOf(day: number): string {
  return new Date(START + day * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
}

function weekdayOf(day: number): number {
  return day % 7;
}

function within(low: number, high: number, value: number): number {
  return Math.min(high, Math.max(low, value));
}

/** A linear congruential generator (Numerical Recipes), and Marsaglia's polar method. */
class Dice {
  #state: number;
  #spare: number | undefined;

  constructor(seed: number) {
    this.#state = (seed * 2_654_435_761) >>> 0;
    for (let warm = 0; warm < 10; warm++) this.#next();
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.#next();
  }

  below(count: number): number {
    return Math.floor(this.#next() * count);
  }

  happens(probability: number): boolean {
    return this.#next() < probability;
  }

  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    for (;;) {
      const [x, y] = [this.between(-1, 1), this.between(-1, 1)];
      const square = x * x + y * y;
      if (square === 0 || square >= 1) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      this.#spare = y * factor;
      return x * factor;
    }
  }

  #next(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }
}
