import { describe, expect, it } from 'vitest';
import { inferPattern } from '../../../src/cli/discovery/infer-pattern.js';

const DATE = '2025-05-01';

describe('the pattern of member names', () => {
  it.each([
    [
      ['orders_20250501_001.csv', 'room_rates_20250501_002.csv'],
      '{table}_{date}_{batch}.csv',
      ['orders', 'room_rates'],
    ],
    [
      ['orders-2025-05-01-1.csv', 'stays-2025-05-01-1.csv'],
      '{table}-{date}-{batch}.csv',
      ['orders', 'stays'],
    ],
    [['orders_20250501.csv', 'room_rates_20250501.csv'], '{table}_{date}.csv', ['orders', 'room_rates']],
    [['20250501_orders_1.txt', '20250501_stays_1.txt'], '{date}_{table}_{batch}.txt', ['orders', 'stays']],
    [['orders_001.csv', 'orders_002.csv'], '{table}_{batch}.csv', ['orders']],
    [['orders.csv', 'room_rates.csv'], '{table}.csv', ['orders', 'room_rates']],
  ])('of %j is %s', (names, pattern, tables) => {
    expect(inferPattern(names, DATE)).toMatchObject({ pattern, tables, matched: names.length });
  });

  it('is not misled by files of another kind', () => {
    const names = ['README.txt', 'orders_20250501_1.csv', 'orders_20250501_2.csv', '.DS_Store'];
    expect(inferPattern(names, DATE)).toMatchObject({
      pattern: '{table}_{date}_{batch}.csv',
      tables: ['orders'],
    });
  });

  it('takes digits for a date only when they are the business date', () => {
    expect(inferPattern(['sales_20240101_20250501_1.csv'], DATE)).toMatchObject({
      tables: ['sales_20240101'],
    });
  });

  it('of nothing is nothing', () => {
    expect(inferPattern([], DATE)).toBeUndefined();
  });
});
