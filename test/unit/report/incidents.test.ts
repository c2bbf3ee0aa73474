import { describe, expect, it } from 'vitest';
import { incidentsOf, minutesToRepair, type VersionTrouble } from '../../../src/report/incidents.js';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 5, minute)).toISOString();
const version = (number: number, minute: number, lacking: string[] = []): VersionTrouble => ({
  version: number,
  at: at(minute),
  lacking,
  held: false,
});

describe('incidents of a day', () => {
  it('are none where every version had every table', () => {
    expect(incidentsOf([version(1, 0), version(2, 9)], [])).toEqual([]);
  });

  it('last from the version that lacked a table to the first one that has all of them', () => {
    const [incident, ...others] = incidentsOf(
      [version(3, 40), version(1, 0, ['stays', 'orders']), version(2, 10, ['stays']), version(4, 50)],
      [],
    );
    expect(others).toEqual([]);
    expect(incident).toEqual({
      what: 'failed-tables',
      tables: ['orders', 'stays'],
      since: at(0),
      repaired: { at: at(40), version: 3 },
    });
    expect(minutesToRepair(incident!)).toBe(40);
  });

  it('stand while a table is lacking, and name the tables that joined them', () => {
    const [incident] = incidentsOf([version(1, 0, ['stays']), version(2, 10, ['orders', 'stays'])], []);
    expect(incident).toEqual({ what: 'failed-tables', tables: ['orders', 'stays'], since: at(0) });
    expect(minutesToRepair(incident!)).toBeUndefined();
  });

  it('are two when a table failed again after all were merged', () => {
    const versions = [version(1, 0, ['a']), version(2, 5), version(3, 9, ['a']), version(4, 12)];
    expect(incidentsOf(versions, []).map(minutesToRepair)).toEqual([5, 3]);
  });

  it('count runs that failed one after the other once, until one brought a version', () => {
    const incidents = incidentsOf([version(1, 30), version(2, 60)], [at(10), at(5), at(45), at(50)]);
    expect(incidents).toEqual([
      { what: 'failed-run', tables: [], since: at(5), repaired: { at: at(30), version: 1 } },
      { what: 'failed-run', tables: [], since: at(45), repaired: { at: at(60), version: 2 } },
    ]);
    expect(incidentsOf([], [at(5)])).toEqual([{ what: 'failed-run', tables: [], since: at(5) }]);
  });

  it('count a held version until somebody released it', () => {
    const held = { ...version(1, 0), held: true };
    expect(incidentsOf([held], [])).toEqual([{ what: 'held', tables: [], since: at(0) }]);
    const released = { ...version(1, 0), releasedAt: at(25) };
    expect(incidentsOf([released], []).map(minutesToRepair)).toEqual([25]);
  });
});
