import { expect, it } from 'vitest';
import { DayState } from '../../../src/workflows/day-state.js';

it('progress that arrives late never takes back what is known', () => {
  const state = new DayState('acme', '2026-11-20');
  state.sliceStarted({ index: 0, key: 'slice', archives: 43, bytes: 1, groups: [40, 3] });
  state.sliceProgress({ slice: 0, done: 43, failed: 0, rows: 86 });
  state.sliceProgress({ slice: 0, done: 40, failed: 0, rows: 80 });
  expect(state.progress().archives.committed).toBe(43);
  state.sliceProgress({ slice: 1, done: 5, failed: 0, rows: 1 });
  expect(state.progress().archives.committed).toBe(43);
});
