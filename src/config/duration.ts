import { z } from 'zod';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const SHAPE = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** `500ms`, `30s`, `5m`, `2h`, `1d`; parsed to milliseconds. */
export const duration = z.string().transform((text, context) => {
  const match = SHAPE.exec(text.trim());
  if (!match) {
    context.addIssue({
      code: 'custom',
      message: `expected a duration such as 500ms, 30s, 5m, 2h or 1d, received ${JSON.stringify(text)}`,
    });
    return z.NEVER;
  }
  return Math.round(Number(match[1]) * UNITS[match[2] as keyof typeof UNITS]);
});
