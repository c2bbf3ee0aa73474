import { expect, it } from 'vitest';
import { RateLimiter } from '../../../src/cli/serve/rate-limiter.js';

it('a name has so many requests a minute, says when the next may come, and takes nothing from other names', () => {
  let now = 0;
  const limiter = new RateLimiter(6, () => now);
  for (let request = 0; request < 6; request++) expect(limiter.take('acme')).toBe(0);
  expect(limiter.take('acme')).toBe(10);
  expect(limiter.take('beta')).toBe(0);
  now = 9_000;
  expect(limiter.take('acme')).toBe(1);
  now = 10_000;
  expect(limiter.take('acme')).toBe(0);
  expect(limiter.take('acme')).toBe(10);
  now = 10_000_000;
  for (let request = 0; request < 6; request++) expect(limiter.take('acme')).toBe(0);
  expect(limiter.take('acme')).toBeGreaterThan(0);
});
