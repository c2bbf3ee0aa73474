import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoreVerb } from '../store-verb.js';
import { CallCounter } from './call-counter.js';
import type { FaultRule, FaultSpec } from './fault-spec.js';

/** A fault that is due at one call. */
export interface DueFault extends Pick<FaultRule, 'fault' | 'when' | 'ms' | 'at'> {
  /** Notes that it happened; for faults that follow a call, how the call had ended. */
  happened(ended?: 'done' | 'refused'): void;
}

/** One line of the log. */
export interface InjectedFault {
  at: number;
  pid: number;
  rule: number;
  fault: FaultRule['fault'];
  when: FaultRule['when'];
  verb: StoreVerb;
  phase: string;
  key: string;
  /** Which of the calls the rule counts. */
  call: number;
  ended?: 'done' | 'refused';
}

/** Calls that are counted together: those with the same verb, phase and key in their rules. */
interface Selector {
  readonly verb: StoreVerb | undefined;
  readonly phase: string | undefined;
  readonly key: RegExp | undefined;
  readonly counter: CallCounter;
  readonly rules: { readonly index: number; readonly rule: FaultRule }[];
}

/**
 * Decides by seed, verb, phase and number of the call which faults are due. Which call gets a number depends on how
 * processes interleave; which numbers are hit does not.
 */
export class FaultBook {
  readonly #selectors = new Map<string, Selector>();

  constructor(
    private readonly spec: FaultSpec,
    /** What is being done just now. */
    private readonly phase: () => string,
  ) {
    for (const [index, rule] of spec.rules.entries()) {
      const { verb, phase: during, key } = rule;
      const id = JSON.stringify([verb, during, key]);
      const name = createHash('sha256').update(id).digest('hex').slice(0, 16);
      const selector = this.#selectors.get(id) ?? {
        verb,
        phase: during,
        key: key === undefined ? undefined : new RegExp(key),
        counter: new CallCounter(join(`${spec.log}.calls`, name)),
        rules: [],
      };
      selector.rules.push({ index, rule });
      this.#selectors.set(id, selector);
    }
  }

  due(verb: StoreVerb, key: string): DueFault | undefined {
    const phase = this.phase();
    let due: DueFault | undefined;
    for (const selector of this.#selectors.values()) {
      if (selector.verb !== undefined && selector.verb !== verb) continue;
      if (selector.phase !== undefined && selector.phase !== phase) continue;
      if (selector.key !== undefined && !selector.key.test(key)) continue;
      const call = selector.counter.take();
      const hit = selector.rules.find(({ index, rule }) => this.#hits(rule, index, call));
      if (hit === undefined || due !== undefined) continue;
      const { fault, when, ms, at } = hit.rule;
      const about = { pid: process.pid, rule: hit.index, fault, when, verb, phase, key, call };
      due = {
        fault,
        when,
        ms,
        at,
        happened: (ended) => this.#note({ at: Date.now(), ...about, ...(ended && { ended }) }),
      };
    }
    return due;
  }

  #hits(rule: FaultRule, index: number, call: number): boolean {
    if (rule.calls !== undefined) return rule.calls.includes(call);
    if (rule.rate === undefined) return true;
    const drawn = createHash('sha256').update(`${this.spec.seed} ${index} ${call}`).digest().readUInt32BE();
    return drawn / 2 ** 32 < rule.rate;
  }

  #note(fault: InjectedFault): void {
    appendFileSync(this.spec.log, `${JSON.stringify(fault)}\n`);
  }
}
