import { describe, expect, it } from 'vitest';
import { type AlertInput, renderAlert } from '../../../src/quality/alert-text.js';
import { type FindingCode, findingSchema } from '../../../src/quality/finding.js';
import { renderFinding } from '../../../src/quality/render-finding.js';

const CALM: AlertInput = {
  partner: 'acme',
  date: '2026-11-21',
  version: 1,
  verdict: 'complete',
  status: 'published',
  score: 75,
  tables: [],
  tableCount: 4,
  rows: 400,
  problems: [],
  consumers: ['pricing', 'search'],
};

describe('a finding as a sentence', () => {
  it('says what, where and what to do next', () => {
    const sentence = renderFinding({
      code: 'archive-cut',
      severity: 'error',
      detail: 'ends in the middle of a member',
      archive: 'landing/acme/2026-11-21/a.tar.gz',
      offset: 1234,
    });
    expect(sentence).toBe(
      'archive landing/acme/2026-11-21/a.tar.gz, byte 1234: ends in the middle of a member; ask the partner to send the archive again',
    );
  });

  it('locates a row by table, member, archive, row, line and byte', () => {
    const sentence = renderFinding({
      code: 'row-short',
      severity: 'error',
      detail: 'has 2 of 3 fields',
      table: 'orders',
      member: 'orders_1.csv',
      archive: 'a.tar.gz',
      row: 7,
      line: 9,
      offset: 80,
      count: 3,
    });
    expect(sentence).toBe(
      'table orders, member orders_1.csv, archive a.tar.gz, row 7, line 9, byte 80: has 2 of 3 fields (3 times)',
    );
  });

  it('never lets a control or direction character through', () => {
    const sentence = renderFinding({
      code: 'member-ignored',
      severity: 'info',
      detail: 'x\x1b[31m\n\u202ey',
      member: 'a\rb',
    });
    expect(sentence).not.toMatch(/[\x00-\x1f\u202e]/);
    expect(sentence).toContain('\\u001b');
  });

  it('is one line for every code', () => {
    for (const code of findingSchema.shape.code.options as FindingCode[]) {
      expect(renderFinding({ code, severity: 'error', detail: 'is so' })).toMatch(/^is so/);
    }
  });
});

describe('an alert', () => {
  it('is not sent about a day without problems', () => {
    expect(renderAlert(CALM)).toBeUndefined();
  });

  it('tells cause, impact, what was retried and what to type next', () => {
    const table = {
      table: 'orders',
      status: 'failed',
      error: 'disk full',
      rows: 100,
      tries: 5,
      rounds: 1,
      refused: false,
    } as const;
    expect(
      renderAlert({ ...CALM, tables: [table] }),
    ).toBe(`acme 2026-11-21 v1: 1 of 4 tables not merged (verdict complete, score 75)

Cause
  orders: disk full

Impact
  no rows for this date: orders
  100 rows of the day affected (25.0%)
  3 other tables are not affected
  consumers: pricing, search

Retried
  orders: 5 tries in 1 round

Next
  partnerday explain acme 2026-11-21 orders
  partnerday retry acme 2026-11-21
`);
  });

  it('does not suggest a retry of what the contract refuses', () => {
    const table = {
      table: 'orders',
      status: 'failed',
      error: 'breach',
      rows: 1,
      tries: 0,
      rounds: 0,
      refused: true,
    } as const;
    const text = renderAlert({ ...CALM, tables: [table] })!;
    expect(text).not.toContain('Retried');
    expect(text).not.toContain('partnerday retry');
  });

  it('keeps to the first problems and points to the rest', () => {
    const problems = Array.from({ length: 14 }, (_, n) => `problem ${n}`);
    const text = renderAlert({ ...CALM, problems })!;
    expect(text).toContain('published with findings');
    expect(text).toContain('  problem 9\n  and 4 more in summary.json\n');
    expect(text).toContain('  partnerday explain acme 2026-11-21\n');
  });
});
