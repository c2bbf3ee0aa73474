import { seededRandom } from '../lib/random.mjs';
import { SEED } from '../lib/sizes.mjs';
import { readFlights, readTable } from './source-rows.mjs';

/**
 * The tables a partner sends. `columns` are all a table ever has; `variants` are the headers its members come with;
 * `variant` says which one: in one archive of three or four another order, a column less, or one more that appears
 * in the middle of an archive. Values are real ones; only ids and what is derived from real values are made here.
 *
 * @typedef {{
 *   columns: string[],
 *   variants: Record<string, string[]>,
 *   variant(archive: number, member: number, members: number): string,
 *   rows(member: number, count: number): Generator<string[]>,
 * }} Table rows are given in the order of `columns`, the same for the same member number of the whole data set
 */

/** @returns {Record<string, Table>} */
export function createTables(flightsPath) {
  return {
    flights: flights(readFlights(flightsPath)),
    strikes: strikes(readTable('birdstrikes')),
    weather: weather(readTable('weather')),
    airports: airports(readTable('airports')),
  };
}

/** Numbers and short codes; the largest table, with every kind of drift. */
function flights(lines) {
  const columns = [
    'flight_id',
    'date',
    'delay',
    'distance',
    'air_minutes',
    'origin',
    'destination',
    'cancelled',
  ];
  const base = columns.slice(0, 7);
  const reordered = ['flight_id', 'origin', 'destination', 'date', 'distance', 'delay', 'air_minutes'];
  const variants = {
    base,
    reordered,
    added: columns,
    removed: base.filter((name) => name !== 'air_minutes'),
  };
  return {
    columns,
    variants,
    variant(archive, member, members) {
      if (archive % 4 === 2) return member * 2 >= members ? 'added' : 'base';
      return ['base', 'reordered', '', 'removed'][archive % 4];
    },
    *rows(member, count) {
      const random = seededRandom(SEED + member);
      for (let row = 0; row < count; row++) {
        const id = member * count + row;
        const [date, delay, distance, origin, destination] = lines[id % lines.length].split(',');
        const cancelled = random() < 0.015;
        const minutes = (Number(distance) / 7.4 + 18 + Math.floor(random() * 90) / 10).toFixed(1);
        yield [
          String(id),
          date,
          cancelled ? '' : delay,
          distance,
          cancelled ? '' : minutes,
          origin,
          destination,
          String(cancelled),
        ];
      }
    },
  };
}

/** Long texts in quotes, with commas and doubled quotes in them. */
function strikes(records) {
  const columns = [
    'strike_id',
    'flight_date',
    'airport',
    'operator',
    'aircraft',
    'species',
    'damage',
    'remarks',
    'cost_total',
    'time_of_day',
  ];
  const base = columns.slice(0, 9);
  const reordered = [...base.slice(0, 4), 'remarks', 'species', 'aircraft', 'damage', 'cost_total'];
  return {
    columns,
    variants: { base, reordered, added: columns },
    variant(archive, member, members) {
      if (archive % 3 === 2) return member * 4 >= members * 3 ? 'added' : 'base';
      return archive % 3 === 1 ? 'reordered' : 'base';
    },
    *rows(member, count) {
      const random = seededRandom(SEED + 1_000_003 + member);
      for (let row = 0; row < count; row++) {
        const id = member * count + row;
        const record = records[id % records.length];
        const other = records[Math.floor(random() * records.length)];
        const [airport, aircraft, damage, date, operator, state, phase, size, species, time, , , cost] =
          record;
        const remarks =
          random() < 0.12
            ? ''
            : `${phase} at ${airport}, ${state}: a "${aircraft}" of ${operator} met ${species.toLowerCase()} (${size.toLowerCase()}), ` +
              `damage "${damage.toLowerCase()}". Before, on ${other[3]}: ${other[8].toLowerCase()}, ${other[6].toLowerCase()}, ` +
              `${other[0]}, cost ${other[12]}`;
        yield [id.toString(36), date, airport, operator, aircraft, species, damage, remarks, cost, time];
      }
    },
  };
}

/** Decimals, negative ones included, dates and words; never more than another order. */
function weather(records) {
  const columns = [
    'reading_id',
    'station',
    'location',
    'date',
    'precipitation',
    'temp_max',
    'temp_min',
    'wind',
    'weather',
  ];
  return {
    columns,
    variants: {
      base: columns,
      reordered: [...columns.slice(0, 4), 'weather', 'wind', 'temp_min', 'temp_max', 'precipitation'],
    },
    variant: (archive) => (archive % 3 === 1 ? 'reordered' : 'base'),
    *rows(member, count) {
      const random = seededRandom(SEED + 2_000_003 + member);
      for (let row = 0; row < count; row++) {
        const id = member * count + row;
        const [location, date, precipitation, ...measured] = records[id % records.length];
        const station = 100 + (Math.floor(id / records.length) % 900);
        yield [
          String(id),
          String(station),
          location,
          date,
          random() < 0.04 ? '' : precipitation,
          ...measured,
        ];
      }
    },
  };
}

/** Names, codes with leading zeros, coordinates; sometimes a column is left out. */
function airports(records) {
  const columns = ['entry', 'iata', 'name', 'city', 'state', 'country', 'latitude', 'longitude'];
  return {
    columns,
    variants: { base: columns, removed: columns.filter((name) => name !== 'country') },
    variant: (archive) => (archive % 3 === 2 ? 'removed' : 'base'),
    *rows(member, count) {
      for (let row = 0; row < count; row++) {
        const id = member * count + row;
        yield [String(id).padStart(9, '0'), ...records[(id * 7) % records.length]];
      }
    },
  };
}
