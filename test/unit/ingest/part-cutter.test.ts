import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { TakenBytes } from '../../../src/ingest/extraction/byte-queue.js';
import { PartCutter } from '../../../src/ingest/extraction/part-cutter.js';
import { partsOf } from '../../../src/ingest/planning/plan-parts.js';

it('parts hold all bytes in order, none but the last below the minimum, as many as were planned', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 0, max: 30 }),
      (chunks, minimum, more) => {
        const part = minimum + more;
        const whole = Buffer.concat(chunks);
        const cutter = new PartCutter(part, minimum);
        const parts: Buffer[] = [];
        const keep = (cut: TakenBytes) => {
          parts.push(Buffer.concat(cut.chunks));
          expect(parts.at(-1)).toHaveLength(cut.length);
          cut.release();
        };
        for (const chunk of chunks) for (const cut of cutter.push(chunk)) keep(cut);
        const last = cutter.end();
        if (last.length > 0 || parts.length === 0) keep(last);
        expect(Buffer.concat(parts).equals(whole)).toBe(true);
        expect(parts).toHaveLength(partsOf(whole.length, part, minimum));
        for (const cut of parts.slice(0, -1)) expect(cut.length).toBe(part);
        if (parts.length > 1) expect(parts.at(-1)!.length).toBeGreaterThanOrEqual(minimum);
      },
    ),
  );
});
