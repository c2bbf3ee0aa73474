import { createHash } from 'node:crypto';
import { z } from 'zod';
import { readJson, writeJsonOnce } from '../../ingest/documents/json-object.js';
import type { PartnerDayLayout } from '../../ingest/layout.js';
import { ConflictError } from '../../store/errors.js';
import type { ObjectStore } from '../../store/object-store.js';
import { arrivalAcceptedSchema } from './arrival-request.js';
import { HttpProblem } from './http-problem.js';

const rememberedSchema = z.object({
  format: z.literal(1),
  /** Hash of the body that came with this key. */
  body: z.string(),
  answer: arrivalAcceptedSchema,
});
type Remembered = z.infer<typeof rememberedSchema>;

/** 1 to 255 visible ASCII characters. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * Answers to requests that carried an `Idempotency-Key`, kept in the store: a repeat gets the same answer from every
 * replica, and after every restart. Written once the day was told; a repeat after a crash in between tells it again,
 * which changes nothing.
 */
export class RememberedRequest {
  readonly #key: string;
  readonly #body: string;

  /** @throws HttpProblem 400 */
  constructor(
    private readonly store: ObjectStore,
    layout: PartnerDayLayout,
    idempotencyKey: string,
    body: string,
  ) {
    if (!KEY.test(idempotencyKey)) {
      throw new HttpProblem(400, 'Idempotency-Key: expected 1 to 255 visible ASCII characters');
    }
    this.#key = layout.request(sha256(idempotencyKey).slice(0, 32));
    this.#body = sha256(body);
  }

  /** What was answered before. @throws HttpProblem 422 when the key came with another body */
  async recall(): Promise<Remembered['answer'] | undefined> {
    const remembered = await readJson(this.store, this.#key, rememberedSchema);
    if (!remembered) return undefined;
    if (remembered.body === this.#body) return remembered.answer;
    throw new HttpProblem(
      422,
      'this Idempotency-Key came with another body before; use a new key for a new request',
    );
  }

  /** The answer that stands: of two requests at the same time it is the first one's. */
  async remember(answer: Remembered['answer']): Promise<Remembered['answer']> {
    const remembered: Remembered = { format: 1, body: this.#body, answer };
    try {
      await writeJsonOnce(this.store, this.#key, remembered);
      return answer;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      return (await this.recall()) ?? answer;
    }
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
