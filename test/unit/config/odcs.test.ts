import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { applyContract } from '../../../src/config/odcs/apply-contract.js';
import { exportOdcs } from '../../../src/config/odcs/export-odcs.js';
import { importOdcs } from '../../../src/config/odcs/import-odcs.js';
import { odcsSchema } from '../../../src/config/odcs/odcs-document.js';
import { partnerConfigSchema } from '../../../src/config/partner-config.js';

const FILE = `# Ours.
id: acme
timeZone: Asia/Seoul # where they are
consumers: [pricing]
tables:
  # The one that matters.
  orders:
    columns: [id, price, placed_at, open]
    required: [id]
    types: { id: integer, price: decimal, placed_at: timestamp, open: boolean }
    aliases: { order_id: id, preis: price }
    contract: { columns: freeze }
    dialect: { delimiter: ";" }
    maxErrorRate: 0.01
  notes: {}
quality:
  nullRatio: 0.3
  tables:
    orders:
      nullRatio: 0.05
      columns: { price: { nullRatio: 0.125 } }
`;
const config = partnerConfigSchema.parse(parse(FILE));
const learned = new Map([
  ['notes', { columns: ['id', 'text'], types: ['integer', 'null'], date: '2026-11-20' }],
]);
const exported = () => odcsSchema.parse(parse(stringify(exportOdcs(config, ['notes', 'orders'], learned))));

describe('a contract of the Open Data Contract Standard', () => {
  it('comes back as it went out, defaults and what the standard has no place for included', () => {
    const { tables, quality, ignored } = importOdcs(exported());
    expect(ignored).toEqual([]);
    const text = applyContract('id: acme\n', { tables, quality, ignored });
    const back = partnerConfigSchema.parse(parse(text));
    expect(back.tables).toEqual(config.tables);
    expect(back.quality.tables).toEqual(config.quality.tables);
  });

  it('keeps comments, order and every other field of the partner’s file', () => {
    const changed = exported();
    changed.schema[1]!.properties!.push({ name: 'note', logicalType: 'string' });
    const text = applyContract(FILE, importOdcs(changed));
    for (const kept of ['# Ours.', '# where they are', '# The one that matters.', 'nullRatio: 0.3'])
      expect(text).toContain(kept);
    const back = partnerConfigSchema.parse(parse(text));
    expect(back.tables.orders!.columns).toEqual(['id', 'price', 'placed_at', 'open', 'note']);
    expect(back.timeZone).toBe('Asia/Seoul');
  });

  it('claims no more than is checked, and marks what was only learned', () => {
    const [notes, orders] = exported().schema;
    expect(orders!.properties!.map(({ required }) => required)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(orders!.properties!.map(({ logicalType }) => logicalType)).toEqual([
      'integer',
      'number',
      'timestamp',
      'boolean',
    ]);
    expect(orders!.properties![1]!.quality).toEqual([
      { type: 'library', metric: 'nullValues', unit: 'percent', mustBeLessThan: 12.5 },
    ]);
    expect(notes!.properties!.map(({ name, logicalType }) => [name, logicalType])).toEqual([
      ['id', 'integer'],
      ['text', undefined],
    ]);
    expect(importOdcs(exported()).tables.notes).toEqual({});
  });

  it('of another tool is taken in as far as it is checked here, and the rest is named', () => {
    const document = odcsSchema.parse({
      apiVersion: 'v3.0.2',
      kind: 'DataContract',
      id: 'x',
      version: '1.0.0',
      status: 'active',
      schema: [
        {
          name: 'orders',
          relationships: [{ from: 'orders.hotel', to: 'hotels.id' }],
          quality: [{ metric: 'rowCount', mustBeGreaterThan: 10 }],
          properties: [
            { name: 'id', logicalType: 'integer', required: true, primaryKey: true },
            { name: 'tags', logicalType: 'array' },
          ],
        },
      ],
    });
    const { tables, ignored } = importOdcs(document);
    expect(tables).toEqual({
      orders: { columns: ['id', 'tags'], required: ['id'], types: { id: 'integer' } },
    });
    expect(ignored).toEqual([
      'orders: relationships',
      'orders.id: uniqueness',
      'orders.tags: logicalType array',
      'orders: quality rule rowCount',
    ]);
  });

  it('says the same of the same configuration, under the same version', () => {
    expect(exported()).toEqual(exported());
    expect(exported().version).toMatch(/^1\.0\.0\+[0-9a-f]{12}$/);
  });
});
