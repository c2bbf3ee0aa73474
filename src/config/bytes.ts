import { z } from 'zod';

const UNITS = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 } as const;
const SHAPE = /^(\d+(?:\.\d+)?)\s*(B|KiB|MiB|GiB|TiB)$/;

/** `64 KiB`, `8MiB`, `1.5 GiB`; parsed to whole bytes. */
export const bytes = z.string().transform((text, context) => {
  const match = SHAPE.exec(text.trim());
  if (!match) {
    context.addIssue({
      code: 'custom',
      message: `expected a size such as 64 KiB, 8 MiB or 2 GiB, received ${JSON.stringify(text)}`,
    });
    return z.NEVER;
  }
  return Math.round(Number(match[1]) * UNITS[match[2] as keyof typeof UNITS]);
});
