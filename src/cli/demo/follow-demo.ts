import type { DemoPlan } from '../../demo/demo-plan.js';
import type { Progress } from '../../workflows/messages.js';
import type { Cli } from '../cli.js';
import { compactLines } from '../day/compact-lines.js';
import type { TemporalClient } from '../temporal/connect.js';
import { type DayToFollow, type Followed, followDays } from '../temporal/follow-day.js';
import { sendArrival } from '../temporal/send-arrival.js';
import { startDay } from './start-day.js';

/**
 * All partners at the same time; a partner's next day begins once its day before is published, while tables that
 * failed are still being requeued.
 */
export async function followDemo(cli: Cli, temporal: TemporalClient, plan: DemoPlan): Promise<Followed[]> {
  const days = new DemoDays(temporal, plan);
  const options = {
    draw: compactLines,
    onLook: (progress: Progress, note: (line: string) => void) => days.look(progress, note),
  };
  return followDays(cli, temporal.client, await days.begin(), options);
}

class DemoDays {
  readonly #started = new Set<string>();
  readonly #declared = new Set<string>();

  constructor(
    private readonly temporal: TemporalClient,
    private readonly plan: DemoPlan,
  ) {}

  async begin(): Promise<DayToFollow[]> {
    return (await Promise.all(this.plan.partners.map(({ id }) => this.#start(id, 0)))).flat();
  }

  async look(progress: Progress, note: (line: string) => void): Promise<DayToFollow[]> {
    await this.#declareShort(progress, note);
    if (progress.version === undefined) return [];
    return this.#start(progress.partner, this.plan.dates.indexOf(progress.date) + 1);
  }

  async #start(partner: string, index: number): Promise<DayToFollow[]> {
    const day = this.plan.partners.find(({ id }) => id === partner)?.days[index];
    if (!day || this.#started.has(`${partner} ${day.date}`)) return [];
    this.#started.add(`${partner} ${day.date}`);
    return [await startDay(this.temporal, partner, day)];
  }

  /** A day that waits for an announced archive waits until somebody says that no more will come: here we do. */
  async #declareShort(progress: Progress, note: (line: string) => void): Promise<void> {
    const { partner, date, stage, sources, archives } = progress;
    const open = sources.find((source) => !source.complete && (source.announced ?? 0) > source.landed);
    const readSoFar = archives.landed > 0 && archives.committed === archives.landed;
    if (stage !== 'waiting' || !open || !readSoFar || this.#declared.has(`${partner} ${date}`)) return;
    this.#declared.add(`${partner} ${date}`);
    note(
      `${partner} ${date} has ${open.landed} of ${open.announced} announced archives and waits for the rest.`,
    );
    note(`  It will never come, so we say so: partnerday arrive ${partner} ${date} --complete`);
    await sendArrival(this.temporal.client, partner, date, 'sourceComplete', { source: open.source });
  }
}
