import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { readTablePlan } from '../../../src/ingest/planning/read-plan.js';
import { requirePublication } from '../../../src/ingest/publication/pointer.js';
import { verifyDay } from '../../../src/ingest/publication/verify-day.js';
import { readPublishedRows } from '../../../src/ingest/trace/published-rows.js';
import { traceRow } from '../../../src/ingest/trace/trace-row.js';
import { LocalDay } from '../../support/local-day.js';
import { layout } from '../../support/manifests.js';

const days: LocalDay[] = [];
afterEach(async () => {
  for (const day of days.splice(0)) await day.remove();
});

/** The order of columns does not depend on what came first. */
async function newDay(): Promise<LocalDay> {
  const day = await LocalDay.create({ tables: { orders: { columns: ['id', 'price', 'note'] } } });
  days.push(day);
  return day;
}

function member(name: string): string {
  return `orders_20261121_${name}.csv`;
}

async function published(day: LocalDay): Promise<string> {
  const { tables } = await requirePublication(day.store, layout);
  return (await day.store.getBytes(tables.find(({ table }) => table === 'orders')!.key!)).toString();
}

const rows = (name: string, count: number) =>
  Array.from({ length: count }, (_, row) => `${name}${row},${row},\n`).join('');

describe('a changed table', () => {
  it('takes over what came before and after a late archive from the table it was', async () => {
    const day = await newDay();
    for (const name of ['a', 'b', 'd', 'e']) {
      await day.land(`${name}.tar.gz`, { [member(name)]: `id,price,note\n${rows(name, 3)}` });
    }
    await day.run();
    await day.land('c.tar.gz', { [member('c')]: `id,price,note\n${rows('c', 2)}` });
    await day.run();
    const { reuse } = await readTablePlan(day.store, layout.version(2), 'orders');
    expect(reuse).toMatchObject({
      key: layout.version(1).table('orders'),
      first: { ranges: 2, rows: 6 },
      last: { ranges: 2, rows: 6 },
    });
    expect(await published(day)).toBe(
      `id,price,note\n${['a', 'b'].map((name) => rows(name, 3)).join('')}${rows('c', 2)}${['d', 'e'].map((name) => rows(name, 3)).join('')}`,
    );
    expect((await verifyDay(day.store, layout)).ok).toBe(true);
    const table = await readPublishedRows(day.store, layout, 'orders');
    expect((await traceRow(table, 10)).canonical.toString()).toBe('d1,1,');
  });

  it('takes over rows that were rewritten where all of it stays', async () => {
    const day = await newDay();
    await day.land('a.tar.gz', { [member('a')]: 'price,id\n1,x\n', [member('b')]: 'id,price,note\ny,2,\n' });
    await day.run();
    await day.land('c.tar.gz', { [member('c')]: 'note,id\nn,z\n' });
    await day.run();
    const plan = await readTablePlan(day.store, layout.version(2), 'orders');
    expect(plan.reuse).toMatchObject({ first: { ranges: 2, rows: 2 } });
    expect(await published(day)).toBe('id,price,note\nx,1,\ny,2,\nz,,n\n');
    expect((await verifyDay(day.store, layout)).ok).toBe(true);
  });

  it('is merged from the archives’ rows where the table it was is gone', async () => {
    const day = await newDay();
    await day.land('a.tar.gz', { [member('a')]: 'price,id\n1,x\n', [member('b')]: 'id,price,note\ny,2,\n' });
    await day.run();
    await day.land('c.tar.gz', { [member('c')]: 'id\nz\n' });
    await day.run(undefined, ['orders']);
    await day.store.delete(layout.version(1).table('orders'));
    await day.run();
    expect(await published(day)).toBe('id,price,note\nx,1,\ny,2,\nz,,\n');
    expect((await verifyDay(day.store, layout)).ok).toBe(true);
  });

  it('holds what it would hold if everything had come at once', async () => {
    const headers = ['id,price,note', 'price,id,note', 'id', 'note,id'];
    const archive = fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      members: fc.array(fc.record({ header: fc.constantFrom(...headers), rows: fc.nat(3) }), {
        minLength: 1,
        maxLength: 3,
      }),
    });
    let reused = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(archive, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 3 }),
        async (steps) => {
          const [late, once] = [await newDay(), await newDay()];
          // A later version keeps the columns of the first.
          const all = { [member('all')]: 'id,price,note\n0,0,0\n' };
          for (const day of [late, once]) await day.land('0.tar.gz', all);
          let serial = 0;
          const last = new Map<string, Record<string, string>>();
          for (const step of steps) {
            for (const { name, members } of step) {
              const content = Object.fromEntries(
                members.map(({ header, rows: count }) => {
                  const row = header
                    .split(',')
                    .map((column) => `${column}${++serial}`)
                    .join(',');
                  return [member(`${name}${++serial}`), `${header}\n${`${row}\n`.repeat(count)}`];
                }),
              );
              last.set(name, content);
              await late.land(`${name}.tar.gz`, content);
            }
            const { version } = await late.run();
            const { tables } = await requirePublication(late.store, layout);
            if (tables[0]?.version !== version) continue;
            if ((await readTablePlan(late.store, layout.version(version), 'orders')).reuse) reused++;
          }
          for (const [name, content] of last) await once.land(`${name}.tar.gz`, content);
          await once.run();
          expect(await published(late)).toBe(await published(once));
          expect((await verifyDay(late.store, layout)).ok).toBe(true);
        },
      ),
      { numRuns: process.env.PARTNERDAY_DEEP === '1' ? 300 : 15 },
    );
    expect(reused).toBeGreaterThan(0);
  });
});
