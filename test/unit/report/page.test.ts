import { describe, expect, it } from 'vitest';
import { renderPage } from '../../../src/report/page.js';
import { reportJson } from '../../../src/report/report-json.js';
import { reportMarkdown } from '../../../src/report/report-markdown.js';
import { generatedReport } from '../../support/generated-report.js';

const HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>\'&\u202e\u0000';
const KINDS = ['day', 'week', 'month'] as const;
const VOID = new Set(['meta', 'img', 'br']);

/** Every element closed in order, or nothing at all is sure about a page. */
function unclosed(page: string): string[] {
  const open: string[] = [];
  const bad: string[] = [];
  for (const [, close, name, rest] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:[^<>"]|"[^"]*")*)>/g)) {
    if (close !== '') {
      if (open.pop() !== name) bad.push(`</${name}>`);
    } else if (!rest!.endsWith('/') && !VOID.has(name!)) open.push(name!);
  }
  return [...bad, ...open];
}

describe.each(KINDS)('the page of a %s', (kind) => {
  const page = renderPage(generatedReport({ kind, date: '2026-11-21' }));

  it('is one small file that asks nothing of a network and runs nothing', () => {
    expect(Buffer.byteLength(page)).toBeLessThan(300_000);
    expect(page).not.toMatch(/<script|<link|<iframe|@import|\bon[a-z]+="|\bsrc=/);
    const addresses = [...page.matchAll(/(?:href|url\()\s*=?\s*["']?([^"')\s>]+)/g)].map(([, url]) => url!);
    for (const url of addresses) expect(url).toMatch(/^https:\/\/temporal\.example\//);
    expect(page).toContain("default-src 'none'");
  });

  it('is whole: every element is closed', () => {
    expect(unclosed(page)).toEqual([]);
  });

  it('says everything in its order', () => {
    const incidents = kind === 'day' ? [] : ['incidents'];
    const order = [
      ...['why', 'days', 'tables', 'nulls', 'schema', 'lateness'],
      ...incidents,
      ...['lineage', 'rules', 'alerts'],
    ];
    const places = order.map((id) => page.indexOf(`<h2 id="${id}">`));
    expect(places.every((place) => place > 0)).toBe(true);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
    expect(page.lastIndexOf('<footer>')).toBeGreaterThan(places.at(-1)!);
    expect(page).toContain('0f3a9c2b7d1e4a58');
    expect(page).toContain('Partnerday 0.1.0');
  });

  it('lets nothing of a partner become markup', () => {
    const hostile = generatedReport({ kind, date: '2026-11-21', rename: (name) => name + HOSTILE });
    const rendered = renderPage(hostile);
    expect(rendered).not.toMatch(/<script|<img|onerror="|\u202e|\u0000/);
    expect(unclosed(rendered)).toEqual([]);
    expect(rendered).toContain('&lt;script&gt;');
    const markdown = reportMarkdown(hostile);
    expect(markdown).not.toMatch(/[^\\]<script|\u202e|\u0000/);
    // Neither does a name end a row of a table.
    for (const line of markdown.split('\n').filter((text) => text.startsWith('|')))
      expect(line.endsWith('|')).toBe(true);
  });
});

describe('what a page tells', () => {
  const report = generatedReport({ kind: 'day', date: '2026-11-21' });
  const page = renderPage(report);

  it('begins with what needs somebody, and lists failed tables first', () => {
    expect(page).toContain('7 of 23 tables need you');
    const grid = page.slice(page.indexOf('<h2 id="tables">'), page.indexOf('<h2 id="nulls">'));
    const tables = [...grid.matchAll(/<tr[^>]*><td><code>([^<]+)<\/code>/g)].map(([, table]) => table);
    expect(tables.slice(0, 2)).toEqual(['room_rates', 'bookings']);
    expect(tables).toHaveLength(23);
    expect(grid).toContain('no space left on device');
  });

  it('ranks the penalties, and their points make the score', () => {
    const { score } = report.days.at(-1)!.publication!;
    const points = [...page.matchAll(/class="n points"[^>]*>−(\d+)</g)].map(([, value]) => Number(value));
    expect(points).toEqual([...points].sort((a, b) => b - a));
    expect(100 - points.reduce((sum, value) => sum + value, 0)).toBe(score);
  });

  it('never bears a meaning by colour alone', () => {
    for (const state of ['good', 'warned', 'bad', 'held', 'none']) {
      for (const [, text] of page.matchAll(
        new RegExp(`<(?:b|span|li|p) class="(?:verdict )?${state}"[^>]*>([^<]*(?:<b>[^<]*)?)`, 'g'),
      ))
        expect(text).toMatch(/[✓!✗‖·]/);
    }
  });

  it('is the same in JSON', () => {
    const json = reportJson(report) as {
      verdict: { score: number };
      days: { date: string; tables: unknown[] }[];
    };
    expect(json.verdict.score).toBe(report.days.at(-1)!.publication!.score);
    expect(json.days).toHaveLength(30);
    expect(json.days.at(-1)!.tables).toHaveLength(23);
  });
});

describe('a report of a month', () => {
  it('says how long readers waited for what had failed, and what they still wait for', () => {
    const page = renderPage(generatedReport({ kind: 'month', date: '2026-11-21' }));
    const incidents = page.slice(page.indexOf('<h2 id="incidents">'), page.indexOf('<h2 id="lineage">'));
    expect(incidents).toContain('4 incidents, 1 not repaired; time to repair 2h35m (median), 2h35m at most.');
    expect(incidents).toContain('✓ after 2h35m');
    expect(incidents).toContain('✗ not yet');
    expect(incidents).toContain('<code>room_rates</code>');
  });
});
