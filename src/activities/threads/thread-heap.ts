/**
 * A runaway archive takes its thread down, not the worker. Buffers are not part of it. What a chunk leaves behind is
 * dead before the next comes, so a small young generation collects as little as a large one.
 */
export const THREAD_HEAP = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 8 };
