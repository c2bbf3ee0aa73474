import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { Progress } from '../../workflows/messages.js';
import type { Cli } from '../cli.js';
import { progressChanges, progressLines } from '../day/progress-lines.js';
import { LiveView } from '../output/live-view.js';
import type { Style } from '../output/style.js';
import { rootFailure } from './root-failure.js';
import { queryProgress } from './running-days.js';

const LOOK_EVERY_MS = 400;
const LOST_WORKER_LOOKS = 3;
const HANG_UP_MS = 2_000;

export interface DayToFollow {
  partner: string;
  date: string;
  handle: WorkflowHandle;
}

export interface Followed {
  partner: string;
  date: string;
  /** `open`: the time was up first. */
  end: 'completed' | 'failed' | 'open';
  /** Why it failed. */
  error?: string;
  /** The name of the domain's error, where it was one. */
  errorType?: string;
}

export interface FollowOptions {
  /** Stop looking after this long. Default: never. */
  timeoutMs?: number | undefined;
  /** How one day is drawn. Default: a line per table. */
  draw?: (progress: Progress, style: Style) => string[];
  /** Called with every look at a day; the days returned are followed as well. `note` says something that stays. */
  onLook?: (progress: Progress, note: (line: string) => void) => Promise<DayToFollow[]>;
}

/** Shows days until each run has ended, or the time is up. Ctrl-C stops the looking, not the work. */
export async function followDays(
  cli: Cli,
  client: Client,
  first: readonly DayToFollow[],
  options: FollowOptions = {},
): Promise<Followed[]> {
  const follower = new Follower(cli, client, options);
  try {
    for (const day of first) follower.add(day);
    return await follower.run();
  } finally {
    await follower.hangUp();
  }
}

interface Entry extends DayToFollow {
  progress?: Progress;
  followed?: Followed;
  ended: Promise<void>;
  /** Looked at after it had ended: nothing more will be new. */
  over: boolean;
  /** Looks in a row that nobody answered. */
  silent: number;
}

class Follower {
  readonly #entries: Entry[] = [];
  readonly #view: LiveView;
  readonly #deadline: number;
  readonly #hungUp = new AbortController();

  constructor(
    private readonly cli: Cli,
    private readonly client: Client,
    private readonly options: FollowOptions,
  ) {
    this.#view = new LiveView(cli.stderr);
    this.#deadline = Date.now() + (options.timeoutMs ?? Number.POSITIVE_INFINITY);
  }

  add(day: DayToFollow): void {
    const entry: Entry = { ...day, over: false, silent: 0, ended: Promise.resolve() };
    entry.ended = this.client
      .withAbortSignal(this.#hungUp.signal, () => endOf(day))
      .then((followed) => {
        entry.followed = followed;
      });
    // Awaited in the loop; when the loop was left before, nobody needs it any more.
    entry.ended.catch(() => undefined);
    this.#entries.push(entry);
  }

  async run(): Promise<Followed[]> {
    for (;;) {
      await this.#look();
      if (this.#entries.every(({ over }) => over) || Date.now() >= this.#deadline) break;
      const open = this.#entries.filter(({ followed }) => !followed).map(({ ended }) => ended);
      const pause = Math.max(1, Math.min(LOOK_EVERY_MS, this.#deadline - Date.now()));
      await Promise.race([Promise.all(open), sleep(pause, undefined, { signal: this.cli.signal })]);
    }
    this.#view.end();
    return this.#entries.map(({ partner, date, followed }) => followed ?? { partner, date, end: 'open' });
  }

  /** Nobody waits for the ends any more. The connection may be closed only when these calls are over. */
  async hangUp(): Promise<void> {
    this.#hungUp.abort();
    const over = Promise.allSettled(this.#entries.map(({ ended }) => ended));
    await Promise.race([over, sleep(HANG_UP_MS)]);
  }

  async #look(): Promise<void> {
    const changes: string[] = [];
    for (const entry of this.#entries.filter(({ over }) => !over)) {
      entry.over = entry.followed !== undefined;
      const progress = await queryProgress(this.client, entry.partner, entry.date);
      this.cli.signal.throwIfAborted();
      if (progress) {
        changes.push(...progressChanges(entry.progress, progress));
        entry.progress = progress;
        entry.silent = 0;
        const note = (line: string) => this.#view.note(line);
        for (const day of (await this.options.onLook?.(progress, note)) ?? []) this.add(day);
      } else if (!entry.followed && ++entry.silent === LOST_WORKER_LOOKS) {
        this.#view.note(`${entry.partner} ${entry.date}: no worker answers. Start one: partnerday worker`);
      }
    }
    this.#view.update({ lines: this.#picture(), changes });
  }

  #picture(): string[] {
    const draw = this.options.draw ?? progressLines;
    return this.#entries.flatMap(({ partner, date, progress }) =>
      progress ? draw(progress, this.cli.noteStyle) : [`${partner} ${date}  waiting for a worker`],
    );
  }
}

async function endOf({ partner, date, handle }: DayToFollow): Promise<Followed> {
  try {
    await handle.result();
    return { partner, date, end: 'completed' };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { message, type } = rootFailure(error);
    return { partner, date, end: 'failed', error: message, ...(type ? { errorType: type } : {}) };
  }
}
