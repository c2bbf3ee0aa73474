import type { PartnerConfig } from '../../config/partner-config.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { PartnerDayLayout } from '../layout.js';
import { listDays } from '../publication/list-days.js';
import { lastGoodKeys } from './last-good-keys.js';
import { type SweptDay, sweepDay } from './sweep-day.js';
import { type AbandonedUpload, sweepUploads } from './sweep-uploads.js';

export interface SweptPartner {
  readonly partner: string;
  /** Oldest first. */
  readonly days: readonly SweptDay[];
  readonly uploads: readonly AbandonedUpload[];
}

export interface SweepPartnerInput {
  readonly store: ObjectStore;
  readonly config: PartnerConfig;
  readonly now: Date;
  readonly isRunning: (date: string) => Promise<boolean>;
  readonly dryRun: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onDay?: ((day: SweptDay) => void) | undefined;
}

/** Sweeps all days of a partner, and the uploads that nobody finished. */
export async function sweepPartner(input: SweepPartnerInput): Promise<SweptPartner> {
  const { store, config, signal } = input;
  const call: CallOptions = signal === undefined ? {} : { signal };
  const dates = (await listDays(store, config.id)).reverse();
  const days: SweptDay[] = [];
  for (const date of dates) {
    const layout = new PartnerDayLayout(config.id, date);
    const day = await sweepDay({
      ...input,
      layout,
      isRunning: () => input.isRunning(date),
      named: () => namedByLater(store, layout, dates, call),
    });
    input.onDay?.(day);
    days.push(day);
  }
  return { partner: config.id, days, uploads: await sweepUploads({ ...input, partner: config.id }) };
}

/** A day names tables of earlier days only. */
async function namedByLater(
  store: ObjectStore,
  layout: PartnerDayLayout,
  dates: readonly string[],
  call: CallOptions,
): Promise<Set<string>> {
  const named = new Set<string>();
  for (const date of dates) {
    if (date <= layout.date) continue;
    for (const key of await lastGoodKeys(store, layout.on(date), call)) named.add(key);
  }
  return named;
}
