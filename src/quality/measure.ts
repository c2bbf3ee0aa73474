import { z } from 'zod';

/** What a check measured. Numbers as they were compared, so that a finding can be proved without the data. */
export const measureSchema = z.object({
  /** The measured value: a count, a share (0..1) or minutes. */
  value: z.number(),
  /** Of what it is a part, where it is a share of counts: `part` of `whole`. */
  part: z.number().int().optional(),
  whole: z.number().int().optional(),
  /** At or beyond this the finding is raised. */
  threshold: z.number().optional(),
  /** What was announced, configured, or let expect by earlier days. */
  expected: z.number().optional(),
  basis: z.enum(['announced', 'configured', 'history']).optional(),
  /** Earlier days it was compared with, and those of the same weekday among them. */
  days: z.number().int().optional(),
  sameWeekday: z.number().int().optional(),
  /** Robust standard deviations from the expected value. */
  deviations: z.number().optional(),
  /** How sure it is that this is no accident, 0..1: a lower bound. */
  confidence: z.number().optional(),
});
