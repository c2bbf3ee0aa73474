import { z } from 'zod';
import { HttpProblem } from './http-problem.js';

const recordSchema = z.object({
  eventName: z.string().describe('`ObjectCreated:Put`, ... with or without `s3:` before it.'),
  s3: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({
      key: z.string().describe('URL-encoded as S3 does it: `+` for a space.'),
      size: z.number().int().nonnegative().optional(),
    }),
  }),
});

/** What S3 and stores like it send; more fields than these come with it. */
const notificationSchema = z.object({
  Records: z.array(recordSchema).min(1).max(1_000),
});

/** Sent once, when a bucket's notifications are set up. */
const testEventSchema = z.object({
  Service: z.string().optional(),
  Event: z.literal('s3:TestEvent'),
  Bucket: z.string().optional(),
});

export const s3EventSchema = z
  .union([testEventSchema, notificationSchema])
  .describe('An S3 event notification in its own JSON form, or its test event.');
export type S3Event = z.infer<typeof s3EventSchema>;

export const s3EventTakenSchema = z
  .strictObject({
    test: z.boolean().describe('It was a test event.'),
    told: z
      .array(z.strictObject({ partner: z.string(), date: z.string(), source: z.string() }))
      .describe('Which days were told, or will be in a moment.'),
    ignored: z
      .array(z.strictObject({ record: z.number().int(), why: z.string() }))
      .describe('Records that concern no source.'),
  })
  .describe('What became of the records.');

export interface CreatedObject {
  record: number;
  bucket: string;
  key: string;
}

/** Objects that were written, with their keys as they are. @throws HttpProblem 400 */
export function createdObjects(event: S3Event): {
  created: CreatedObject[];
  other: { record: number; why: string }[];
} {
  const created: CreatedObject[] = [];
  const other: { record: number; why: string }[] = [];
  if (!('Records' in event)) return { created, other };
  for (const [record, { eventName, s3 }] of event.Records.entries()) {
    if (/^(?:s3:)?ObjectCreated:/.test(eventName)) {
      created.push({ record, bucket: s3.bucket.name, key: decodeKey(s3.object.key, record) });
    } else other.push({ record, why: `${eventName} says of no new object` });
  }
  return { created, other };
}

function decodeKey(encoded: string, record: number): string {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch (cause) {
    const path = `Records[${record}].s3.object.key`;
    throw new HttpProblem(400, 'the body is not as expected; see issues', {
      issues: [{ path, message: 'expected a URL-encoded key' }],
      cause,
    });
  }
}
