import type { Client } from '@temporalio/client';
import type { Progress } from '../../../workflows/messages.js';
import { listRunningDays, queryProgress, type RunningDay } from '../../temporal/running-days.js';

export type Running = RunningDay & { progress?: Progress };

/** `undefined`: Temporal does not answer. */
export type RunningNow = readonly Running[] | undefined;

const AGE_MS = 1_500;
/** A server that does not answer is not asked again by everyone who looks. */
const AWAY_AGE_MS = 15_000;
const LIST_MS = 2_000;
const QUERY_MS = 1_500;
/** Of the others only that they run is shown. */
const MOST_QUERIED = 60;

/** Open runs and what they say of themselves, asked once in a while, however many people look. */
export class RunningDays {
  #known: { until: number; days: Promise<RunningNow> } | undefined;

  constructor(private readonly temporal: Client) {}

  now(): Promise<RunningNow> {
    if (!this.#known || Date.now() >= this.#known.until) {
      const known = { until: Date.now() + AGE_MS, days: this.#ask() };
      this.#known = known;
      void known.days.then((days) => {
        if (!days) known.until = Date.now() + AWAY_AGE_MS;
      });
    }
    return this.#known.days;
  }

  async of(partner: string, date: string): Promise<Running | undefined> {
    return (await this.now())?.find((day) => day.partner === partner && day.date === date);
  }

  async #ask(): Promise<RunningNow> {
    const { temporal } = this;
    try {
      const open = await temporal.withDeadline(Date.now() + LIST_MS, () => listRunningDays(temporal));
      return await Promise.all(
        open.map(async (day, index) => {
          const progress =
            index < MOST_QUERIED ? await queryProgress(temporal, day.partner, day.date, QUERY_MS) : undefined;
          return { ...day, ...(progress ? { progress } : {}) };
        }),
      );
    } catch {
      return undefined;
    }
  }
}
