import { expect, it } from 'vitest';
import { partnerConfigSchema } from '../../../src/config/partner-config.js';

it('a configured table without its own contract and dialect has none, so that the partner’s apply', () => {
  const { tables } = partnerConfigSchema.parse({
    id: 'acme',
    dialect: { delimiter: ';' },
    tables: { plain: {}, own: { dialect: { delimiter: '|' }, contract: { types: 'freeze' } } },
  });
  expect([tables.plain?.dialect, tables.plain?.contract]).toEqual([undefined, undefined]);
  expect(tables.own?.dialect?.delimiter).toBe('|');
  expect(tables.own?.contract).toEqual({ tables: 'evolve', columns: 'evolve', types: 'freeze' });
});
