import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { renderConfiguration } from '../../../src/config/render-configuration.js';

it('docs/configuration.md is what the schemas say (node scripts/generate-docs.mjs)', () => {
  const committed = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
  expect(committed).toBe(renderConfiguration());
});

it('every field of docs/configuration.md has a meaning', () => {
  const rows = renderConfiguration()
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  expect(rows.length).toBeGreaterThan(60);
  expect(rows.filter((row) => /\|\s*\|$/.test(row))).toEqual([]);
});
