import { z } from 'zod';
import { arrivalAcceptedSchema, arrivalRequestSchema } from './arrival-request.js';
import { s3EventSchema, s3EventTakenSchema } from './s3-event.js';
import { ARRIVAL_BYTES } from './take-arrival.js';
import { EVENT_BYTES } from './take-s3-events.js';

const INFO = `Tell Partnerday that archives have landed, or that a source has sent everything.

Messages may be repeated and may come in any order: a partner-day looks at what has landed, and believes that. An
answer of 202 means that Temporal has the message. With 429 and 503, send the same again after Retry-After seconds.`;

const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().describe('What is wrong, and what to do.'),
  issues: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .optional()
    .describe('Places in the body.'),
});

const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 1 } },
};

/** The OpenAPI 3.1 document: shapes come from the schemas that requests are checked with. */
export function openApiDocument(version: string) {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Partnerday',
      version,
      description: INFO,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths: {
      '/v1/partners/{partner}/days/{date}/arrivals': { post: arrivals() },
      '/v1/events/s3': { post: s3Events() },
    },
    components: {
      securitySchemes: {
        partnerToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'A partner’s own token. It speaks for no other partner.',
        },
        eventsToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'The token of whoever sends the store’s events.',
        },
      },
      schemas: {
        Arrival: shape(arrivalRequestSchema, 'input'),
        ArrivalAccepted: shape(arrivalAcceptedSchema, 'output'),
        S3Event: shape(s3EventSchema, 'input'),
        S3EventTaken: shape(s3EventTakenSchema, 'output'),
        Problem: shape(problemSchema, 'output'),
      },
    },
  };
}

function arrivals() {
  return {
    operationId: 'announceArrival',
    summary: 'Archives have landed, or a source is complete',
    security: [{ partnerToken: [] }],
    parameters: [
      pathParameter('partner', 'Partner id.', '^[a-z0-9][a-z0-9-]{0,62}$'),
      { ...pathParameter('date', 'Business date.', '^\\d{4}-\\d{2}-\\d{2}$') },
      {
        name: 'Idempotency-Key',
        in: 'header',
        required: false,
        description:
          'Names this request: a repeat with the same key and body gets the same answer and sends nothing.',
        schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
      },
    ],
    requestBody: jsonBody('Arrival', `At most ${ARRIVAL_BYTES} bytes.`),
    responses: {
      202: {
        ...response('The day has been told; it was started if it was not running.', 'ArrivalAccepted'),
        headers: {
          'Idempotency-Replayed': {
            description: '`true`: answered from an earlier request with this key.',
            schema: { type: 'string', enum: ['true'] },
          },
        },
      },
      400: problem('The body, the date or a key is not as expected; `issues` says where.'),
      ...refusals('The token is another partner’s.'),
      404: problem('The partner is not configured.'),
      415: problem('The body is not `application/json`.'),
      422: problem('The Idempotency-Key came with another body before.'),
    },
  };
}

function s3Events() {
  return {
    operationId: 'notifyObjects',
    summary: 'S3 event notifications, in their own form',
    description:
      'Objects that were created below a source’s landing prefix make its day look again. Events that follow one another closely are told together; one that is lost costs time, never rows.',
    security: [{ eventsToken: [] }, { partnerToken: [] }],
    requestBody: jsonBody('S3Event', `At most ${EVENT_BYTES} bytes, whatever the content type.`),
    responses: {
      200: response('A test event; nothing was done.', 'S3EventTaken'),
      202: response('The days concerned have been told, or will be in a moment.', 'S3EventTaken'),
      400: problem('The body is not an S3 event notification, or a key is not URL-encoded.'),
      ...refusals('A record concerns another partner than the token’s; nothing was told.'),
    },
  };
}

function refusals(forbidden: string) {
  return {
    401: problem('There is no token, or nobody knows it.'),
    403: problem(forbidden),
    413: problem('The body is too large.'),
    429: { ...problem('Too many requests.'), headers: RETRY_AFTER },
    503: { ...problem('Temporal or the store does not answer.'), headers: RETRY_AFTER },
  };
}

function pathParameter(name: string, description: string, pattern: string) {
  return { name, in: 'path', required: true, description, schema: { type: 'string', pattern } };
}

function jsonBody(schema: string, description: string) {
  return { required: true, description, content: { 'application/json': { schema: ref(schema) } } };
}

function response(description: string, schema: string) {
  return { description, content: { 'application/json': { schema: ref(schema) } } };
}

function problem(description: string) {
  return { description, content: { 'application/problem+json': { schema: ref('Problem') } } };
}

function ref(schema: string) {
  return { $ref: `#/components/schemas/${schema}` };
}

function shape(schema: z.ZodType, io: 'input' | 'output') {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}
