import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkRelations } from '../../src/ingest/relations/check-relations.js';
import { LocalDay } from '../support/local-day.js';

const MiB = 2 ** 20;
const ARCHIVES = 20;
const ROWS = 100_000;
const LIMIT = 128;

/** Every order has a guest of its own, in another archive; one refers to nobody. */
function archive(n: number): Record<string, string> {
  const orders = ['id,guest,amount,text'];
  const guests = ['id,total,text'];
  for (let row = n * ROWS; row < (n + 1) * ROWS; row++) {
    const guest = (row * 7919) % (ARCHIVES * ROWS);
    orders.push(`${row},guest-number-${guest === 5 ? 'none' : guest},1.25,text that no rule looks at`);
    guests.push(`guest-number-${row},1.25,some other text`);
  }
  return {
    [`orders_20261121_${n}.csv`]: `${orders.join('\n')}\n`,
    [`guests_20261121_${n}.csv`]: `${guests.join('\n')}\n`,
  };
}

const key = { table: 'orders', columns: ['guest'] };
const RULES = [
  { id: 'fk', kind: 'foreign-key', ...key, to: { table: 'guests', columns: ['id'] } },
  { id: 'one', kind: 'unique', ...key },
  {
    id: 'totals',
    kind: 'sum',
    table: 'orders',
    columns: ['amount'],
    by: ['guest'],
    to: { table: 'guests', columns: ['total'], by: ['id'] },
  },
];

let day: LocalDay;
beforeAll(async () => {
  day = await LocalDay.create({
    policies: { rules: { memory: `${LIMIT} MiB` } },
    quality: { rules: RULES },
  });
  for (let n = 0; n < ARCHIVES; n++) await day.land(`part-${n}.tar.gz`, archive(n));
  await day.run();
}, 600_000);
afterAll(() => day?.remove());

it('rules across two tables of two million rows stay within their memory, and are right', async () => {
  const { store, layout, config } = day;
  const rules = config.quality.rules.map((rule) => ({ ...rule, threshold: 0.5 }));
  const before = process.memoryUsage().rss;
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 20);
  const results = await checkRelations({
    store,
    layout,
    config: { ...config, quality: { ...config.quality, rules } },
    version: 1,
  });
  clearInterval(watch);
  expect(results.map(({ rule, checked, violations }) => [rule, checked, violations])).toEqual([
    ['fk', 2_000_000, 1],
    ['one', 2_000_000, 0],
    ['totals', 2_000_001, 2],
  ]);
  // The limit, and what Node itself takes for the columns that pass through it.
  expect((most - before) / MiB).toBeLessThan(2 * LIMIT);
}, 600_000);
