import { z } from 'zod';
import { MAX_KEYS } from '../../workflows/messages.js';

const key = z.string().min(1).max(1024);

/** Body of `POST /v1/partners/{partner}/days/{date}/arrivals`. */
export const arrivalRequestSchema = z
  .strictObject({
    source: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected a-z, 0-9 and "-"')
      .optional()
      .describe('Which source of the partner. May be left out where there is only one.'),
    keys: z
      .array(key)
      .min(1)
      .max(MAX_KEYS)
      .optional()
      .describe('Archives that have landed: names below the landing prefix, or whole keys.'),
    manifest: key
      .optional()
      .describe(
        'An object `{"archives": [{"name", "bytes"}]}` that names what was sent; for more archives than fit here.',
      ),
    complete: z.boolean().default(false).describe('The source has sent everything for this date.'),
    archives: z
      .number()
      .int()
      .nonnegative()
      .max(10_000_000)
      .optional()
      .describe('With `complete`: how many archives it sent.'),
    bytes: z.number().int().nonnegative().optional().describe('With `complete`: how many bytes it sent.'),
  })
  .superRefine((body, context) => {
    if (body.complete) return;
    for (const name of ['archives', 'bytes'] as const) {
      if (body[name] === undefined) continue;
      context.addIssue({
        code: 'custom',
        path: [name],
        message: 'expected only together with "complete": true',
      });
    }
  })
  .describe(
    'What has arrived. Without any of keys, manifest and complete, the day looks at its landing prefix again.',
  );

/** Answer: the day has been told. */
export const arrivalAcceptedSchema = z
  .strictObject({
    workflowId: z.string().describe('The partner-day in Temporal.'),
    runId: z.string(),
    sent: z.array(z.enum(['sourceArrived', 'sourceComplete'])).describe('The signals it was told by.'),
  })
  .describe('The partner-day has been told; it is started if it was not running.');
export type ArrivalAccepted = z.infer<typeof arrivalAcceptedSchema>;
