import { seededRandom } from '../../../src/demo/random.js';
import type { FaultSpecInput } from '../../../src/store/faults/fault-spec.js';
import type { StoreVerb } from '../../../src/store/store-verb.js';

/** What goes wrong in one partner-day. */
export interface Schedule {
  /** Part of the partner's id. */
  readonly name: string;
  readonly seed: number;
  readonly rules: FaultSpecInput['rules'];
  readonly limits?: FaultSpecInput['limits'];
  /** Share of requests to an S3 server that go wrong. */
  readonly httpRate?: number;
  /** What happens to processes from outside, once so many calls to the store have been made; in this order. */
  readonly outside: readonly OutsideEvent[];
}

export interface OutsideEvent {
  readonly afterCalls: number;
  readonly act: 'kill worker' | 'kill Temporal' | 'kill S3 server';
  /** Which of several. */
  readonly which: number;
}

type Rule = FaultSpecInput['rules'][number];

/** Little data, many parts: tables are composed of copies and of the worker's own parts, in two levels. */
const LIMITS = { minPartBytes: 4_096, maxPartBytes: 16 * 2 ** 20, maxParts: 6 };

/** How often a day without faults makes each call. */
const CALLS: Record<string, Partial<Record<StoreVerb, number>>> = {
  arrive: { list: 1, put: 2 },
  extract: { getBytes: 15, get: 10, put: 22, createUpload: 1, uploadPart: 2, completeUpload: 1 },
  plan: { getBytes: 11, head: 4, list: 2, put: 4 },
  compose: {
    head: 3,
    getBytes: 9,
    get: 8,
    put: 3,
    delete: 4,
    createUpload: 7,
    uploadPart: 3,
    copyPart: 20,
    listParts: 7,
    completeUpload: 7,
    listUploads: 7,
  },
  publish: { head: 5, getBytes: 7, put: 10 },
  tidy: { listUploads: 1, list: 1 },
};
/** Before these the configuration has not been read: three tries, whatever it says. */
const ARRIVING = '^landing/|/slices/';
const CELLS = Object.entries(CALLS).flatMap(([phase, verbs]) =>
  Object.entries(verbs).flatMap(([verb, calls]) =>
    (['before', 'after'] as const).map((when) => ({ phase, verb: verb as StoreVerb, calls, when })),
  ),
);
const FAILURES = 18;
/** Each may fall on the archive that really is cut. */
const ARCHIVE_FLIPS = 2;
const DEADLY_PHASES = ['extract', 'plan', 'compose', 'publish'] as const;
/** Of a day without faults. */
const CALLS_OF_A_DAY = 180;
const CALLS_OF_AN_S3_DAY = 110;

export function undisturbed(name: string, small: boolean): Schedule {
  return { name, seed: 0, rules: [], ...(small ? { limits: LIMITS } : {}), outside: [] };
}

/** The same seed gives the same schedule. Neighbouring seeds take turns with the cells of verb, phase and moment. */
export function storeSchedule(seed: number): Schedule {
  const draw = new Draw(seed);
  const failures = Array.from({ length: FAILURES }, (_, index): Rule => {
    const { verb, phase, calls, when } = CELLS[(seed * FAILURES + index) % CELLS.length]!;
    const key = phase === 'arrive' ? { key: ARRIVING } : {};
    // Of a call that is made once, the one that is done and unanswered is the repeat of the one that failed.
    const call = draw.upTo(calls) + (calls === 1 && when === 'after' ? 1 : 0);
    return { verb, phase, ...key, calls: [call], fault: 'fail', when };
  });
  const rules: Rule[] = [
    ...(seed % 2 === 0 ? uploadTroubles((seed >> 2) % 2 === 0 ? 'before' : 'after') : []),
    ...failures,
    draw.death('kill', DEADLY_PHASES[seed % 4]!),
    draw.death('kill', draw.of(DEADLY_PHASES)),
    draw.death('stop', DEADLY_PHASES[(seed >> 1) % 4]!),
    { verb: 'get', phase: 'compose', calls: [draw.upTo(8)], fault: 'flip', at: draw.share() },
    {
      verb: draw.of(['get', 'getBytes']),
      phase: 'extract',
      calls: [draw.upTo(10)],
      fault: 'cut',
      at: draw.share(),
    },
    { verb: 'get', phase: 'compose', calls: [draw.upTo(8)], fault: 'cut', at: draw.share() },
    { phase: draw.of(DEADLY_PHASES), rate: 0.05, fault: 'slow', ms: 50 + draw.upTo(400) },
  ];
  const outside = [
    { afterCalls: draw.upTo(CALLS_OF_A_DAY), act: 'kill worker' as const, which: draw.upTo(2) },
    { afterCalls: draw.upTo(CALLS_OF_A_DAY), act: 'kill Temporal' as const, which: 0 },
  ].sort((a, b) => a.afterCalls - b.afterCalls);
  const flips = Array.from({ length: ARCHIVE_FLIPS }, () => draw.archiveFlip());
  return { name: `${seed}`, seed, rules: [...rules, ...flips], limits: LIMITS, outside };
}

/** An S3 server that is killed twice, behind a network that fails one request in ten, and workers that die. */
export function s3Schedule(seed: number): Schedule {
  const draw = new Draw(seed);
  const deadly = DEADLY_PHASES[seed % 4]!;
  return {
    name: `${seed}`,
    seed,
    rules: [draw.death('kill', deadly), draw.death('stop', draw.of(DEADLY_PHASES))],
    httpRate: 0.1,
    outside: [
      { afterCalls: draw.upTo(CALLS_OF_AN_S3_DAY), act: 'kill S3 server' as const, which: 0 },
      { afterCalls: draw.upTo(CALLS_OF_AN_S3_DAY), act: 'kill S3 server' as const, which: 0 },
      { afterCalls: draw.upTo(CALLS_OF_AN_S3_DAY), act: 'kill worker' as const, which: draw.upTo(2) },
    ].sort((a, b) => a.afterCalls - b.afterCalls),
  };
}

/** Leads to the calls that only clean up: an upload to abort after a failure, and two of one table where one is wanted. */
function uploadTroubles(when: 'before' | 'after'): Rule[] {
  return [
    { verb: 'uploadPart', phase: 'extract', calls: [2], fault: 'fail' },
    {
      verb: 'createUpload',
      phase: 'compose',
      key: 'stays\\.csv$',
      calls: [1, 2],
      fault: 'fail',
      when: 'after',
    },
    { verb: 'abortUpload', phase: 'extract', calls: [1], fault: 'fail', when },
    { verb: 'abortUpload', phase: 'compose', calls: [1], fault: 'fail', when },
    { verb: 'abortUpload', phase: 'tidy', calls: [1], fault: 'fail', when },
  ];
}

class Draw {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  share(): number {
    return this.#random();
  }

  upTo(most: number): number {
    return 1 + Math.floor(this.#random() * most);
  }

  of<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.#random() * choices.length)]!;
  }

  /** A bit of an archive that falls over on its way. */
  archiveFlip(): Rule {
    const call = this.upTo(CALLS.extract!.get!);
    return { verb: 'get', phase: 'extract', calls: [call], fault: 'flip', at: this.share() };
  }

  /** The end of a worker, or a stop of some seconds, at some call of the phase. */
  death(fault: 'kill' | 'stop', phase: string): Rule {
    const [verb, calls] = this.of(Object.entries(CALLS[phase]!));
    const when = this.of(['before', 'after'] as const);
    return { verb: verb as StoreVerb, phase, calls: [this.upTo(calls)], fault, when };
  }
}
