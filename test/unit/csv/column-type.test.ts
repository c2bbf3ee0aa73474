import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitsColumnType, joinColumnTypes, typeOfValue } from '../../../src/csv/column-type.js';
import { columnTypeSchema } from '../../../src/ingest/manifest.js';

const typeOf = (text: string) => {
  const bytes = Buffer.from(`--${text}--`);
  return typeOfValue(bytes, 2, bytes.length - 2);
};

describe('typeOfValue', () => {
  it.each([
    ['null', ['']],
    ['boolean', ['true', 'false', 'True', 'FALSE']],
    ['integer', ['0', '-1', '42', '-0', '999999999999999999', '-999999999999999999']],
    ['decimal', ['0.5', '-1.25', '10.0', '1e5', '1.5E-10', '2e+300']],
    ['date', ['2026-01-31', '2024-02-29', '2000-02-29', '0001-12-31']],
    [
      'timestamp',
      [
        '2026-01-31T10:00',
        '2026-01-31 23:59:59',
        '2026-01-31T10:00:00.123456789',
        '2026-01-31T10:00Z',
        '2026-01-31 10:00:00.5+09:00',
        '2026-01-31T10:00:00-0330',
      ],
    ],
    [
      'text',
      [
        ...['x', ' 1', '1 ', '+1', '007', '-', '--1', '00', '1000000000000000000', '12345678901234567890'],
        ...['.5', '5.', '00.5', '1.2.3', '1e', '1e+', '1e1234', '0x10', 'NaN', 'tRUE', 'yes', 't'],
        ...['2026-02-29', '1900-02-29', '2026-13-01', '2026-00-10', '2026-1-1', '2026/01/31', '20-26-01-31'],
        ...[
          '2026-01-31T',
          '2026-01-31T24:00',
          '2026-01-31T10:60',
          '2026-01-31T10:00:',
          '2026-01-31T10:00:61',
        ],
        ...[
          '2026-01-31T10:00:00.',
          '2026-01-31T10:00:00.1234567890',
          '2026-01-31  10:00',
          '2026-01-31T10:00+9',
        ],
        ...['2026-01-31T10:00ZZ', '-2026-01-31', '2026-01-3x', '٣'],
      ],
    ],
  ])('%s', (type, values) => {
    for (const value of values) expect([value, typeOf(value)]).toEqual([value, type]);
  });

  it('a number that is called integer is exact in 64 bits; one that is called decimal is finite', () => {
    const numeric = fc.string({ unit: fc.constantFrom('0', '1', '9', '-', '.', 'e', '+'), maxLength: 24 });
    fc.assert(
      fc.property(numeric, (text) => {
        const type = typeOf(text);
        if (type === 'integer') expect(BigInt.asIntN(64, BigInt(text))).toBe(BigInt(text));
        if (type === 'decimal') expect(Number.isNaN(Number(text))).toBe(false);
      }),
    );
  });
});

describe('the lattice', () => {
  const types = columnTypeSchema.options;

  it('joins in any order and grouping to the same type, and text is above all', () => {
    for (const a of types) {
      expect(joinColumnTypes(a, 'text')).toBe('text');
      expect(joinColumnTypes(a, 'null')).toBe(a);
      for (const b of types) {
        expect(joinColumnTypes(a, b)).toBe(joinColumnTypes(b, a));
        for (const c of types) {
          expect(joinColumnTypes(joinColumnTypes(a, b), c)).toBe(joinColumnTypes(a, joinColumnTypes(b, c)));
        }
      }
    }
  });

  it('a value fits a type that is as wide or wider', () => {
    expect(fitsColumnType('integer', 'decimal')).toBe(true);
    expect(fitsColumnType('date', 'timestamp')).toBe(true);
    expect(fitsColumnType('decimal', 'integer')).toBe(false);
    expect(fitsColumnType('boolean', 'integer')).toBe(false);
    expect(fitsColumnType('null', 'date')).toBe(true);
  });
});
