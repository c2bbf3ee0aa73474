import { STORE_VERBS } from '../../../src/store/store-verb.js';
import type { ChaosDayReport } from './run-chaos-day.js';

const PHASES = ['extract', 'plan', 'compose', 'publish'];

/** Counts over days what was tried, where, and what came of it. */
export class Coverage {
  #days = 0;
  #faults = 0;
  readonly #cells = new Map<string, number>();
  readonly #called = new Set<string>();
  readonly #other = new Map<string, number>();
  readonly #problems = { lost: 0, doubled: 0, unexpected: 0, differing: 0 };

  add({ faults, http, outside, calls, verdict }: ChaosDayReport): void {
    this.#days++;
    this.#faults += faults.length + http.length + outside.filter((act) => act.startsWith('kill')).length;
    for (const { phase, verb } of calls) this.#called.add(`${verb} ${phase}`);
    for (const { verb, phase, fault, when, ended } of faults) {
      // An answer that was a refusal is lost, too, but nothing was done.
      const moment = when === 'before' ? 'before' : ended === 'done' ? 'lost' : 'refusal lost';
      if (fault === 'fail') count(this.#cells, `${verb} ${phase} ${moment}`);
      else count(this.#other, `${NAMES[fault]} in ${phase}`);
    }
    for (const { kind } of http) count(this.#other, `HTTP: ${kind}`);
    for (const act of outside) count(this.#other, act);
    for (const kind of ['lost', 'doubled', 'unexpected', 'differing'] as const) {
      this.#problems[kind] += verdict[kind].length;
    }
  }

  get faults(): number {
    return this.#faults;
  }

  /** Cells of the matrix that the phase has calls for, with how often each was hit. */
  matrix(): { verb: string; phase: string; moment: 'before' | 'lost'; hits: number }[] {
    return STORE_VERBS.flatMap((verb) =>
      PHASES.filter((phase) => this.#called.has(`${verb} ${phase}`)).flatMap((phase) =>
        (['before', 'lost'] as const).map((moment) => ({
          verb,
          phase,
          moment,
          hits: this.#cells.get(`${verb} ${phase} ${moment}`) ?? 0,
        })),
      ),
    );
  }

  toMarkdown(): string {
    const { lost, doubled, unexpected, differing } = this.#problems;
    const hits = new Map(
      this.matrix().map(({ verb, phase, moment, hits }) => [`${verb} ${phase} ${moment}`, hits]),
    );
    const cell = (verb: string, phase: string) => {
      const before = hits.get(`${verb} ${phase} before`);
      return before === undefined ? '–' : `${before} / ${hits.get(`${verb} ${phase} lost`)}`;
    };
    return [
      `${this.#days} days, ${this.#faults} faults: ${lost} rows lost, ${doubled} doubled, ${unexpected} unexpected, ${differing} tables with other bytes.`,
      '',
      'Calls that failed *before* they were done / that were done while their *answer was lost*; – where the phase makes no such call:',
      '',
      `| call | ${PHASES.join(' | ')} |`,
      `| --- |${' ---: |'.repeat(PHASES.length)}`,
      ...STORE_VERBS.map((verb) => `| ${verb} | ${PHASES.map((phase) => cell(verb, phase)).join(' | ')} |`),
      '',
      '| what else | times |',
      '| --- | ---: |',
      ...[...this.#other].sort().map(([what, times]) => `| ${what} | ${times} |`),
      '',
    ].join('\n');
  }
}

const NAMES: Record<string, string> = {
  kill: 'worker killed at a call',
  stop: 'worker stopped at a call (zombie)',
  slow: 'slow call',
  hang: 'call that never ends',
  cut: 'body cut',
  flip: 'bit flipped',
};

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}
