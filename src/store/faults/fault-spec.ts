import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { TerminalError } from '../../errors.js';
import { STORE_VERBS } from '../store-verb.js';

/**
 * What goes wrong.
 *
 * `fail`: the store does not answer; with `when: after` it has done what was asked, and its answer is lost.
 * `kill`, `stop`: this process gets SIGKILL or SIGSTOP. `slow`: the call takes `ms` longer. `hang`: it never ends, not
 * even when it is aborted. `cut`: a body or a listing breaks off. `flip`: one bit of a body is another one.
 */
export const FAULTS = ['fail', 'kill', 'stop', 'slow', 'hang', 'cut', 'flip'] as const;

const ruleSchema = z
  .strictObject({
    /** Default: every verb. */
    verb: z.enum(STORE_VERBS).optional(),
    /** What the worker is doing, e.g. `compose`. Default: anything. */
    phase: z.string().optional(),
    /** Regular expression that the key must match. Default: any key. */
    key: z.string().optional(),
    /** Which of the calls with this verb, phase and key, the first being 1. Counted over all processes and restarts. */
    calls: z.array(z.int().positive()).optional(),
    /** Share of the calls, drawn by the seed. With neither `calls` nor `rate`: every call. */
    rate: z.number().min(0).max(1).optional(),
    fault: z.enum(FAULTS),
    when: z.enum(['before', 'after']).default('before'),
    ms: z.int().positive().default(1_000),
    /** Where a body is cut or flipped, as a share of its length. */
    at: z.number().min(0).max(1).default(0.5),
  })
  .refine(
    ({ calls, rate }) => calls === undefined || rate === undefined,
    'expected `calls` or `rate`, not both',
  );
export type FaultRule = z.infer<typeof ruleSchema>;

const specSchema = z.strictObject({
  seed: z.int().default(1),
  /** Gets one line of JSON per fault. Which calls were counted is kept beside it. */
  log: z.string().min(1),
  rules: z.array(ruleSchema),
  /** Limits of a smaller store, so that little data makes many parts. */
  limits: z
    .strictObject({
      minPartBytes: z.int().positive(),
      maxPartBytes: z.int().positive(),
      maxParts: z.int().positive(),
    })
    .optional(),
});
export type FaultSpec = z.infer<typeof specSchema>;
/** As it is written: what has a default may be left out. */
export type FaultSpecInput = z.input<typeof specSchema>;

/** @throws TerminalError when the file is not a specification of faults */
export function readFaultSpec(file: string): FaultSpec {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new TerminalError(`PARTNERDAY_FAULTS=${file}: cannot be read`, { cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TerminalError(`PARTNERDAY_FAULTS=${file}: not JSON`, { cause });
  }
  const parsed = specSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new TerminalError(`PARTNERDAY_FAULTS=${file}: ${z.prettifyError(parsed.error)}`);
}
