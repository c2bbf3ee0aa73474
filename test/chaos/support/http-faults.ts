import { createHash } from 'node:crypto';
import type { Fault } from '../../support/faulty-proxy.js';
import { phaseOfKey, requestVerb, type SeenRequest } from './request-verb.js';

/** What an S3 server, or the network before it, does to a request. */
export type HttpFaultKind =
  | '500'
  | '503 SlowDown'
  | 'reset before'
  | 'reset after'
  | 'black hole'
  | 'body cut'
  | 'bit flipped'
  | '200 with an error, not done'
  | '200 with an error, done';

export interface HttpFault {
  readonly kind: HttpFaultKind;
  readonly verb: string;
  readonly phase: string;
}

const ANY: readonly HttpFaultKind[] = ['500', '503 SlowDown', '503 SlowDown', 'reset before', 'reset after'];
/** Until somebody on the way closes the connection. */
const BLACK_HOLE_MS = 2_000;

/** Decides about requests by the seed, what they ask for, and how many of that kind came before. */
export class HttpFaults {
  readonly happened: HttpFault[] = [];
  /** Requests seen. */
  requests = 0;
  readonly #counts = new Map<string, number>();

  constructor(
    private readonly seed: number,
    private readonly rate: number,
    /** Default: all kinds. */
    private readonly only?: readonly HttpFaultKind[],
  ) {}

  readonly decide = (request: SeenRequest): Fault | undefined => {
    this.requests++;
    const { verb, key } = requestVerb(request);
    const count = (this.#counts.get(verb) ?? 0) + 1;
    this.#counts.set(verb, count);
    const drawn = createHash('sha256').update(`${this.seed} ${verb} ${count}`).digest();
    if (drawn.readUInt32BE(0) / 2 ** 32 >= this.rate) return undefined;
    const kinds = this.only ?? kindsFor(verb);
    const kind = kinds[drawn.readUInt32BE(4) % kinds.length]!;
    this.happened.push({ kind, verb, phase: phaseOfKey(key) });
    return faultOf(kind, drawn.readUInt32BE(8) / 2 ** 32);
  };
}

function kindsFor(verb: string): readonly HttpFaultKind[] {
  if (verb === 'get') return [...ANY, 'body cut', 'body cut', 'black hole', 'bit flipped', 'bit flipped'];
  if (verb === 'completeUpload') {
    return [...ANY, '200 with an error, not done', '200 with an error, done'];
  }
  return verb === 'head' || verb === 'put' ? [...ANY, 'black hole'] : ANY;
}

function faultOf(kind: HttpFaultKind, share: number): Fault {
  switch (kind) {
    case '500':
      return { refuse: s3Error(500, 'InternalError') };
    case '503 SlowDown':
      return { refuse: s3Error(503, 'SlowDown') };
    case 'reset before':
      return { reset: 'before' };
    case 'reset after':
      return { reset: 'after' };
    case 'black hole':
      return { blackHole: BLACK_HOLE_MS };
    case 'body cut':
      return { cutAfter: Math.floor(share * 20_000) };
    case 'bit flipped':
      return { flipAt: share };
    case '200 with an error, not done':
      return { refuse: s3Error(200, 'InternalError') };
    case '200 with an error, done':
      return { answerInstead: s3Error(200, 'InternalError') };
  }
}

export function s3Error(status: number, code: string): { status: number; body: string } {
  return {
    status,
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>planted</Message></Error>`,
  };
}
