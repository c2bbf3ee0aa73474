import { describe, expect, it } from 'vitest';
import { formatPercent } from '../../../src/quality/ratio.js';
import { renderSummaryText } from '../../../src/quality/summary.js';
import type { TableSummary } from '../../../src/quality/table-summary.js';

const TABLE: TableSummary = {
  table: 'cfrateplanchannelmapping',
  status: 'merged',
  files: 1342,
  rows: 98012,
  headerConsistent: false,
  nullCells: 172,
  cells: 1000,
  missingFields: ['room_id', 'price'],
  error: 'Schema mismatch detected',
};

describe('summary.txt', () => {
  it('has the agreed form, to the byte', () => {
    expect(renderSummaryText([TABLE])).toBe(`Table: cfrateplanchannelmapping
- Total files: 1342
- Merged rows: 98012
- Header consistent: NO
- Null ratio: 17.2%
- Missing fields: ['room_id', 'price']
- Error: Schema mismatch detected
`);
  });

  it('says so when nothing is wrong', () => {
    const { error: _, ...rest } = TABLE;
    const text = renderSummaryText([
      { ...rest, headerConsistent: true, missingFields: [], cells: 0, nullCells: 0 },
    ]);
    expect(text).toContain(
      '- Header consistent: YES\n- Null ratio: 0.0%\n- Missing fields: []\n- Error: None\n',
    );
  });

  it('has a block per table in byte order of name, a blank line between, LF at the end', () => {
    const names = ['\u{1F600}', 'b', '\uFFFD', 'B', 'a_b', 'a'];
    const text = renderSummaryText(names.map((table) => ({ ...TABLE, table })));
    expect(text.match(/^Table: .*$/gm)).toEqual(
      ['B', 'a', 'a_b', 'b', '\uFFFD', '\u{1F600}'].map((name) => `Table: ${name}`),
    );
    expect(text.split('\n\n')).toHaveLength(names.length);
    expect(text.endsWith('detected\n')).toBe(true);
  });

  it('keeps one line a line, and field names as Python writes them', () => {
    const text = renderSummaryText([
      {
        ...TABLE,
        error: 'two\nlines\x1b[31m',
        missingFields: ["it's", 'say "x"', `both ' and "`, 'back\\slash', 'tab\t'],
      },
    ]);
    expect(text).toContain(
      `- Missing fields: ["it's", 'say "x"', 'both \\' and "', 'back\\\\slash', 'tab\\t']\n`,
    );
    expect(text).toContain('- Error: two\\nlines\\x1b[31m\n');
    expect(text.split('\n')).toHaveLength(8);
  });
});

describe('a share in per cent', () => {
  it.each([
    [0, 7, '0.0%'],
    [1, 2000, '0.1%'],
    [1, 2001, '0.0%'],
    [1, 3, '33.3%'],
    [2, 3, '66.7%'],
    [1725, 10_000, '17.3%'],
    [5, 5, '100.0%'],
    [0, 0, '0.0%'],
    [9_007_199_254_740_990, 9_007_199_254_740_991, '100.0%'],
  ])('%i of %i is %s, half up', (part, whole, text) => {
    expect(formatPercent(part, whole)).toBe(text);
  });
});
