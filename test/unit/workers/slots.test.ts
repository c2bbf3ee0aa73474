import { describe, expect, it } from 'vitest';
import { ROLES, slotsOf } from '../../../src/workers/roles.js';
import { parseIdentity, workerIdentity } from '../../../src/workers/worker-identity.js';

const GiB = 2 ** 30;

describe('slots', () => {
  it.each([
    [2, 1],
    [4, 3],
    [8, 6],
    [16, 12],
    [1, 1],
  ])('on %i cores: one archive for each, and tables for three quarters of them (%i)', (cores, merge) => {
    expect(slotsOf({}, { cores, memoryBytes: 64 * GiB })).toMatchObject({ extract: cores, merge });
  });

  it('are fewer where there is little memory, and never none', () => {
    expect(slotsOf({}, { cores: 32, memoryBytes: 1 * GiB })).toMatchObject({ extract: 6, merge: 24 });
    expect(slotsOf({}, { cores: 32, memoryBytes: GiB / 2 })).toMatchObject({ extract: 2, merge: 8 });
    expect(slotsOf({}, { cores: 32, memoryBytes: GiB / 8 })).toMatchObject({ extract: 1, merge: 1 });
  });

  it('are what the environment says, where it says anything sensible', () => {
    const machine = { cores: 4, memoryBytes: 64 * GiB };
    expect(slotsOf({ PARTNERDAY_EXTRACT_SLOTS: '9', PARTNERDAY_MERGE_SLOTS: '0' }, machine)).toMatchObject({
      extract: 9,
      merge: 3,
    });
  });
});

describe('what a worker tells of itself', () => {
  const slots = { control: 100, extract: 4, merge: 3 };

  it.each(ROLES)('as %s is understood again', (role) => {
    const parsed = parseIdentity(workerIdentity(role, slots))!;
    expect(parsed.pid).toBe(process.pid);
    expect(parsed.extract).toBe(role === 'extract' || role === 'all' ? 4 : undefined);
    expect(parsed.merge).toBe(role === 'merge' || role === 'all' ? 3 : undefined);
  });

  it('is nothing where somebody else polls', () => {
    expect(parseIdentity('a-worker-of-others')).toBeUndefined();
  });
});
