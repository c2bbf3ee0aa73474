import { describe, expect, it } from 'vitest';
import { AccessTokens } from '../../../src/cli/serve/access-tokens.js';

describe('tokens', () => {
  it('belong to the partner their variable names, dashes and all', () => {
    const tokens = new AccessTokens({ PARTNERDAY_TOKEN_ACME_EU_2: 'x'.repeat(16) });
    expect(tokens.holderOf('x'.repeat(16))).toEqual({ kind: 'partner', partner: 'acme-eu-2' });
    expect(tokens.holderOf('x'.repeat(17))).toBeUndefined();
    expect(tokens.holderOf('')).toBeUndefined();
  });

  it('can be two for one holder, so that one replaces the other without a gap', () => {
    const tokens = new AccessTokens({ PARTNERDAY_TOKEN_ACME: `${'a'.repeat(16)}, ${'b'.repeat(16)}` });
    for (const token of ['a'.repeat(16), 'b'.repeat(16)]) {
      expect(tokens.holderOf(token)).toEqual({ kind: 'partner', partner: 'acme' });
    }
  });

  it('that could be guessed are refused, and so is one that two holders share; neither is repeated in the message', () => {
    const short = () => new AccessTokens({ PARTNERDAY_TOKEN_ACME: 'geheim' });
    expect(short).toThrow('PARTNERDAY_TOKEN_ACME: expected tokens of at least 16 characters');
    expect(short).not.toThrow('geheim');
    const shared = 's'.repeat(32);
    expect(() => new AccessTokens({ PARTNERDAY_TOKEN_A: shared, PARTNERDAY_EVENTS_TOKEN: shared })).toThrow(
      'another holder has the same token',
    );
  });

  it('for reading open pages and nothing else, and a session ends when they change', () => {
    const view = 'v'.repeat(20);
    const tokens = new AccessTokens({ PARTNERDAY_VIEW_TOKEN: view });
    expect(tokens.holderOf(view)).toBeUndefined();
    expect(tokens.mayRead(view)).toBe(true);
    expect(tokens.mayRead(`${view}x`)).toBe(false);
    expect(tokens.isSession(tokens.session!)).toBe(true);
    expect(tokens.session).not.toContain(view);
    expect(new AccessTokens({ PARTNERDAY_VIEW_TOKEN: 'w'.repeat(20) }).isSession(tokens.session!)).toBe(
      false,
    );
  });
});
