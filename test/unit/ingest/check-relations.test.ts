import { afterEach, describe, expect, it } from 'vitest';
import { requireJson } from '../../../src/ingest/documents/json-object.js';
import { checkRelations } from '../../../src/ingest/relations/check-relations.js';
import { type QualityReport, qualityReportSchema } from '../../../src/quality/quality-report.js';
import type { ObjectStore } from '../../../src/store/object-store.js';
import { LocalDay } from '../../support/local-day.js';

const ORDERS = (batch: number) => `orders_20261121_${batch}.csv`;
const GUESTS = (batch: number) => `guests_20261121_${batch}.csv`;

const HAS_GUEST = {
  id: 'orders-have-guests',
  kind: 'foreign-key',
  table: 'orders',
  columns: ['guest'],
  to: { table: 'guests', columns: ['id'] },
};
const ONE_GUEST = { id: 'one-guest', kind: 'unique', table: 'guests', columns: ['id'] };

describe('rules across tables', () => {
  const open: LocalDay[] = [];
  afterEach(async () => {
    for (const day of open.splice(0)) await day.remove();
  });

  async function dayWith(rules: object[], fields: Record<string, unknown> = {}): Promise<LocalDay> {
    const day = await LocalDay.create({ ...fields, quality: { rules } });
    open.push(day);
    return day;
  }

  async function reportOf(day: LocalDay, version = 1): Promise<QualityReport> {
    return requireJson(day.store, day.layout.version(version).quality, qualityReportSchema);
  }

  it('name the first keys at fault and the archives they came from, whatever is in the values', async () => {
    const day = await dayWith([HAS_GUEST]);
    await day.land('a.tar.gz', {
      [GUESTS(1)]: 'id,name\n1,a\n"x ""y"",\nz",b\n',
      [ORDERS(1)]: 'id,guest\n1,1\n2,gone\n3,"x ""y"",\nz"\n4,\n',
    });
    await day.land('b.tar.gz', { [ORDERS(2)]: 'note,guest,id\nn,gone,5\nn,"a ""b"",\nc",6\n' });
    await day.run();
    const { rules, checks } = await reportOf(day);
    expect(rules).toEqual([
      expect.objectContaining({
        rule: 'orders-have-guests',
        outcome: 'broken',
        checked: 5,
        violations: 3,
        samples: [
          { key: { guest: 'a "b",\nc' }, rows: 1, archives: [day.key('b.tar.gz')] },
          { key: { guest: 'gone' }, rows: 2, archives: [day.key('a.tar.gz'), day.key('b.tar.gz')] },
        ],
      }),
    ]);
    expect(checks).toContainEqual(
      expect.objectContaining({ code: 'rule-foreign-key', table: 'orders', column: 'guest', count: 3 }),
    );
  });

  it('look at keys of several columns, at the same table twice, and pass over null tokens', async () => {
    const day = await dayWith(
      [
        {
          id: 'parents',
          kind: 'foreign-key',
          table: 'orders',
          columns: ['shop', 'parent'],
          to: { table: 'orders', columns: ['shop', 'id'] },
        },
        { id: 'ids', kind: 'unique', table: 'orders', columns: ['shop', 'id'] },
      ],
      { dialect: { nullTokens: ['NULL'] } },
    );
    await day.land('a.tar.gz', { [ORDERS(1)]: 'shop,id,parent\nA,1,NULL\nA,2,1\nB,1,2\nB,1,\n' });
    await day.run();
    const { rules } = await reportOf(day);
    expect(rules[0]).toMatchObject({
      checked: 2,
      violations: 1,
      samples: [{ key: { shop: 'B', parent: '2' } }],
    });
    expect(rules[1]).toMatchObject({
      checked: 4,
      violations: 1,
      samples: [{ key: { shop: 'B', id: '1' }, rows: 2 }],
    });
    expect(rules[1]!.distinct).toEqual({ orders: { 'shop, id': 3 } });
  });

  it('count exactly the rows of the version: not what is duplicate, set aside or superseded', async () => {
    const day = await dayWith([ONE_GUEST]);
    await day.land('a.tar.gz', { [GUESTS(1)]: 'id\n1\n2\n' });
    await day.land('b.tar.gz', { [GUESTS(1)]: 'id\n1\n2\n', [GUESTS(2)]: 'id\n3\n3,1\n' });
    await day.run();
    expect((await reportOf(day)).rules[0]).toMatchObject({ outcome: 'kept', checked: 3, violations: 0 });
    await day.land('a.tar.gz', { [GUESTS(1)]: 'id\n4\n', [GUESTS(4)]: 'id\n3\n' });
    const { version } = await day.run();
    const [rule] = (await reportOf(day, version)).rules;
    expect(rule).toMatchObject({
      outcome: 'broken',
      samples: [{ key: { id: '3' }, archives: [day.key('a.tar.gz'), day.key('b.tar.gz')] }],
    });
  });

  it('sum up exactly, and name a key that is on one side only', async () => {
    const day = await dayWith([
      {
        id: 'totals',
        kind: 'sum',
        table: 'lines',
        columns: ['amount'],
        by: ['order'],
        to: { table: 'orders', columns: ['total'], by: ['id'] },
      },
      {
        id: 'all',
        kind: 'sum',
        table: 'lines',
        columns: ['amount'],
        to: { table: 'orders', columns: ['total'] },
      },
    ]);
    const lines = 'order,amount\n1,0.1\n1,0.2\n2,5\n3,7\n4,nothing\n';
    await day.land('a.tar.gz', { 'lines_20261121_1.csv': lines });
    await day.land('b.tar.gz', { [ORDERS(1)]: 'id,total\n1,0.3\n2,5.01\n4,0\n' });
    await day.run();
    const { rules } = await reportOf(day);
    expect(rules[0]).toMatchObject({ checked: 4, violations: 3 });
    expect(rules[0]!.samples.map(({ key, values }) => [key.order, values])).toEqual([
      ['2', { left: '5', right: '5.01' }],
      ['3', { left: '7', right: '0' }],
      ['4', { left: '0', right: '0' }],
    ]);
    expect(rules[1]).toMatchObject({
      checked: 1,
      violations: 1,
      samples: [{ values: { left: '12.3', right: '5.31' } }],
    });
  });

  it('take no row of a table: only what was written aside', async () => {
    const day = await dayWith([HAS_GUEST, ONE_GUEST]);
    await day.land('a.tar.gz', { [GUESTS(1)]: 'id\n1\n', [ORDERS(1)]: 'id,guest\n1,1\n' });
    await day.run();
    const read: string[] = [];
    const { layout, config } = day;
    const changed = {
      ...config.quality,
      rules: config.quality.rules.map((rule) => ({ ...rule, threshold: 0.5 })),
    };
    await checkRelations({
      store: noted(day.store, read),
      layout,
      config: { ...config, quality: changed },
      version: 1,
    });
    const rows = read.filter((key) => key.endsWith('.csv')).map((key) => key.slice(key.lastIndexOf('/') + 1));
    expect(new Set(rows)).toEqual(new Set(['aside-0.csv']));
  });

  it('go on with the rule they were interrupted at', async () => {
    const day = await dayWith([HAS_GUEST, ONE_GUEST]);
    await day.land('a.tar.gz', { [GUESTS(1)]: 'id\n1\n1\n', [ORDERS(1)]: 'id,guest\n1,2\n' });
    const { store } = day;
    let writes = 0;
    const dying = new Proxy(store, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== 'function') return value;
        if (property !== 'put') return value.bind(target);
        return (...args: Parameters<ObjectStore['put']>) => {
          if (args[0].includes('/rules/') && ++writes === 2) throw new Error('the worker died');
          return target.put(...args);
        };
      },
    });
    await expect(
      LocalDay.at(dying, day.root, day.layout.date, { quality: { rules: [HAS_GUEST, ONE_GUEST] } }).run(),
    ).rejects.toThrow('the worker died');
    const left = await checkRelations({ store, layout: day.layout, config: day.config, version: 1 });
    expect(left.map(({ rule, outcome }) => [rule, outcome])).toEqual([['one-guest', 'broken']]);
    expect(await checkRelations({ store, layout: day.layout, config: day.config, version: 1 })).toEqual([]);
  });

  it('are not checked where archives were read before there was a rule, and say so; the day is published', async () => {
    const day = await dayWith([]);
    await day.land('a.tar.gz', { [GUESTS(1)]: 'id\n1\n', [ORDERS(1)]: 'id,guest\n1,2\n' });
    await day.run();
    day.reconfigure({ quality: { rules: [HAS_GUEST] } });
    await day.land('b.tar.gz', { [ORDERS(2)]: 'id,guest\n1,1\n' });
    const { version } = await day.run();
    const { rules, penalties } = await reportOf(day, version);
    expect(rules).toEqual([
      expect.objectContaining({
        outcome: 'not-checked',
        because: expect.stringMatching(
          /^an archive was read before table orders had rules across tables; .*quarantine replay .* --all$/,
        ),
      }),
    ]);
    expect(penalties.map(({ name }) => name)).toContain('unchecked-rules');
  });

  it('are checked on rows that have expired once their archives are read again, and those only', async () => {
    const day = await dayWith([ONE_GUEST]);
    await day.land('a.tar.gz', { [GUESTS(1)]: 'id\n1\n' });
    await day.land('b.tar.gz', { [ORDERS(1)]: 'id\n1\n' });
    await day.run();
    for await (const { key } of day.store.list(day.layout.extractPrefix)) {
      if (key.endsWith('.csv')) await day.store.delete(key);
    }
    day.reconfigure({ quality: { rules: [ONE_GUEST] } });
    await day.land('c.tar.gz', { [GUESTS(2)]: 'id\n1\n' });
    const { version } = await day.run();
    expect(day.readAgain).toEqual([day.key('a.tar.gz')]);
    expect((await reportOf(day, version)).rules[0]).toMatchObject({
      outcome: 'broken',
      samples: [{ archives: [day.key('a.tar.gz'), day.key('c.tar.gz')] }],
    });
  });

  it('are not checked where a table or a column is not there', async () => {
    const day = await dayWith([HAS_GUEST, { ...ONE_GUEST, columns: ['code'] }]);
    await day.land('a.tar.gz', { [GUESTS(1)]: 'id\n1\n' });
    await day.run();
    expect((await reportOf(day)).rules.map(({ because }) => because)).toEqual([
      'table orders has no member in any archive of the day',
      'column "code" is in no member of table guests',
    ]);
  });
});

function noted(store: ObjectStore, read: string[]): ObjectStore {
  return new Proxy(store, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      if (property !== 'get' && property !== 'getBytes') return value.bind(target);
      return (key: string, ...rest: unknown[]) => {
        read.push(key);
        return (value as (...args: unknown[]) => unknown).call(target, key, ...rest);
      };
    },
  });
}
