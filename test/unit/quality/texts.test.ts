import { describe, expect, it } from 'vitest';
import { alertSchema, renderAlertText } from '../../../src/quality/alert.js';
import { renderAlertMail } from '../../../src/quality/alert-mail.js';
import { type AlertInput, versionAlert } from '../../../src/quality/alert-text.js';
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

const TABLE = {
  table: 'orders',
  status: 'failed',
  error: 'disk full',
  rows: 100,
  tries: 5,
  rounds: 1,
  refused: false,
} as const;

describe('an alert', () => {
  it('is not made of a day without problems', () => {
    expect(versionAlert(CALM)).toBeUndefined();
  });

  it('tells cause, impact, what was retried and what to type next', () => {
    const alert = versionAlert({ ...CALM, tables: [TABLE] })!;
    expect(alert.level).toBe('error');
    expect(
      renderAlertText(alert),
    ).toBe(`acme 2026-11-21 v1: 1 of 4 tables not merged (verdict complete, score 75)

Cause
  merge-failed: table orders: disk full

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

  it('names the rule and the first bad archive, member and line, for people and for machines', () => {
    const place = { table: 'orders', archive: 'landing/a.tar.gz', member: 'orders_1.csv', line: 9 };
    const alert = versionAlert({
      ...CALM,
      problems: [{ code: 'row-short', severity: 'error', detail: 'has 2 of 3 fields', ...place }],
    })!;
    expect(alert.level).toBe('warning');
    expect(alert.causes).toMatchObject([{ rule: 'row-short', ...place }]);
    expect(renderAlertText(alert)).toContain(
      '  row-short: table orders, member orders_1.csv, archive landing/a.tar.gz, line 9: has 2 of 3 fields\n',
    );
    expect(alertSchema.parse(JSON.parse(JSON.stringify(alert)))).toEqual(alert);
  });

  it('does not suggest a retry of what the contract refuses', () => {
    const refused = { ...TABLE, error: 'breach', tries: 0, rounds: 0, refused: true };
    const text = renderAlertText(versionAlert({ ...CALM, tables: [refused] })!);
    expect(text).toContain('contract-breach: table orders: breach');
    expect(text).toContain('Retried\n  orders: not at all, another try gives the same answer');
    expect(text).not.toContain('partnerday retry');
  });

  it('says why a version waits, and how to decide', () => {
    const held = versionAlert({ ...CALM, status: 'held', because: ['score 62 is below 70'] })!;
    expect(held.level).toBe('error');
    const text = renderAlertText(held);
    expect(text).toContain('Cause\n  gate: score 62 is below 70\n  gate: version 1 waits for a decision\n');
    expect(text).toContain('  partnerday decide acme 2026-11-21 release --why REASON');
    // A warning alone is told, too, but waits for nobody.
    const warned = versionAlert({ ...CALM, because: ['there are findings of null-ratio'] })!;
    expect([warned.level, warned.next]).toEqual(['warning', ['partnerday explain acme 2026-11-21']]);
  });

  it('keeps to the first problems and points to the rest', () => {
    const problems = Array.from({ length: 14 }, (_, n) => ({
      code: 'archive-cut' as const,
      severity: 'error' as const,
      detail: `problem ${n}`,
    }));
    const text = renderAlertText(versionAlert({ ...CALM, problems })!);
    expect(text).toContain('published with findings');
    expect(text).toContain('archive-cut: problem 9; ask the partner to send the archive again\n  and 4 more');
    expect(text).toContain('  partnerday explain acme 2026-11-21\n');
  });

  it('is mail, too: one header per line, whatever a partner called things', () => {
    const alert = {
      ...versionAlert({ ...CALM, tables: [TABLE] })!,
      subject: 'ütf\r\nBcc: x@example.com '.repeat(5),
    };
    const [head, body] = renderAlertMail(alert).split('\r\n\r\n') as [string, string];
    expect(head).not.toMatch(/^Bcc/m);
    expect(head.split('\r\n').every((line) => line.length <= 78)).toBe(true);
    const words = [...head.matchAll(/=\?UTF-8\?B\?([^?]+)\?=/g)].map(([, word]) => word!);
    expect(words.map((word) => Buffer.from(word, 'base64').toString()).join('')).toBe(alert.subject);
    expect(Buffer.from(body, 'base64').toString()).toBe(renderAlertText(alert));
  });
});
