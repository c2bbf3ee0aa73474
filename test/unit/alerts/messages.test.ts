import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { slackMessage } from '../../../src/alerts/slack-message.js';
import { webhookMessage } from '../../../src/alerts/webhook-message.js';
import type { Alert } from '../../../src/quality/alert.js';
import { versionAlert } from '../../../src/quality/alert-text.js';

const HOSTILE = '<!channel> <https://evil.example|click> *bold* `code` ``` & <@U123>';

function alertOf(error: string, tables = 1): Alert {
  return versionAlert({
    partner: 'acme',
    date: '2026-11-21',
    version: 1,
    verdict: 'complete',
    status: 'published',
    score: 75,
    tables: Array.from({ length: tables }, (_, n) => ({
      table: `t${n}`,
      status: 'failed' as const,
      error,
      rows: 1,
      tries: 5,
      rounds: 1,
      refused: false,
    })),
    tableCount: 23,
    rows: 100,
    problems: [],
    consumers: [HOSTILE],
  })!;
}

describe('a Slack message', () => {
  it('says what the alert says, in its order', () => {
    const { blocks, text } = slackMessage(alertOf('disk full'));
    expect(text).toBe('ERROR: acme 2026-11-21 v1: 1 of 23 tables not merged (verdict complete, score 75)');
    expect(blocks.map(({ type }) => type)).toEqual([
      'header',
      'section',
      'section',
      'section',
      'section',
      'context',
    ]);
    const words = JSON.stringify(blocks);
    for (const part of ['*Cause*', '*Impact*', '*Retried*', '*Next*', 'disk full', '1.0%']) {
      expect(words).toContain(part);
    }
  });

  it('lets nothing of a partner become a mention, a link or a format', () => {
    const message = slackMessage({ ...alertOf(HOSTILE), subject: HOSTILE });
    const json = JSON.stringify(message);
    expect(json).not.toMatch(/<[!@h]/);
    expect(json).toContain('&lt;!channel&gt;');
    const fences = json.match(/```/g) ?? [];
    // One code block per paragraph, and none opened or closed from inside.
    expect(fences).toHaveLength(8);
  });

  it('stays within what Slack takes, however much there is to say', () => {
    const { blocks, text } = slackMessage({ ...alertOf('&'.repeat(5_000), 30), subject: '<'.repeat(1_000) });
    expect(text.length).toBeLessThan(3_000);
    for (const block of blocks) {
      if (block.type === 'header') expect(block.text.text.length).toBeLessThanOrEqual(150);
      else if (block.type === 'section') expect(block.text.text.length).toBeLessThanOrEqual(3_000);
    }
    expect(JSON.stringify(blocks)).toMatch(/and \d+ more/);
    // No entity is cut in two.
    expect(JSON.stringify(blocks)).not.toMatch(/&(?!amp;|lt;|gt;)/);
  });
});

describe('a webhook message', () => {
  it('is signed over its time and its bytes, under the same id for every try', () => {
    const alert = alertOf('disk full');
    const now = new Date('2026-11-21T06:00:00Z');
    const { headers, body } = webhookMessage(alert, 'acme/2026-11-21/error', 'secret', now);
    const [version, signature] = headers['partnerday-signature']!.split('=') as [string, string];
    expect(version).toBe('v1');
    const expected = createHmac('sha256', 'secret').update(`1795240800.${body}`).digest('hex');
    expect(headers['partnerday-timestamp']).toBe('1795240800');
    expect(signature).toBe(expected);
    expect(headers['partnerday-id']).toBe('acme/2026-11-21/error');
    expect(JSON.parse(body)).toMatchObject({
      id: 'acme/2026-11-21/error',
      level: 'error',
      causes: [{ rule: 'merge-failed', table: 't0' }],
      text: expect.stringContaining('Cause\n  merge-failed'),
    });
  });
});
