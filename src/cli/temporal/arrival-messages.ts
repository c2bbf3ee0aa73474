import type { PartnerConfig } from '../../config/partner-config.js';
import { TerminalError } from '../../errors.js';
import { Landing } from '../../ingest/arrivals/landing.js';
import { MAX_KEYS, type SourceArrived, type SourceComplete } from '../../workflows/messages.js';

/** What somebody says has arrived cannot be said to this partner's day. */
export class InvalidArrivalError extends TerminalError {}

/** What somebody says has arrived; with nothing but a source, the day looks at its landing prefix again. */
export interface Arrival {
  /** Default: the only one. */
  source?: string | undefined;
  /** Relative to the landing prefix, or whole keys below it. */
  keys?: readonly string[] | undefined;
  manifest?: string | undefined;
  complete?: boolean | undefined;
  archives?: number | undefined;
  bytes?: number | undefined;
}

export type ArrivalMessage =
  | { name: 'sourceArrived'; body: SourceArrived }
  | { name: 'sourceComplete'; body: SourceComplete };

/**
 * The signals that say it, all of it checked before anything is sent.
 * @throws InvalidArrivalError, ForeignKeyError, InvalidNameError
 */
export function arrivalMessages(config: PartnerConfig, date: string, arrival: Arrival): ArrivalMessage[] {
  const source = sourceOf(config, arrival.source);
  const landing = new Landing(source, config.id, date);
  const keys = arrival.keys?.map((name) => landing.keyOf(name));
  if (keys && keys.length > MAX_KEYS) {
    throw new InvalidArrivalError(
      `expected at most ${MAX_KEYS} keys, received ${keys.length}: put them into an object {"archives": [{"name", "bytes"}]} and name that as the manifest`,
    );
  }
  const manifest = arrival.manifest === undefined ? undefined : landing.keyOf(arrival.manifest);
  const { complete = false, archives, bytes } = arrival;
  const messages: ArrivalMessage[] = [];
  if (keys || !complete) {
    messages.push({
      name: 'sourceArrived',
      body: {
        source: source.id,
        ...(keys ? { keys } : {}),
        ...(manifest !== undefined && !complete ? { manifest } : {}),
      },
    });
  }
  if (complete) {
    messages.push({
      name: 'sourceComplete',
      body: {
        source: source.id,
        ...(archives === undefined ? {} : { archives }),
        ...(bytes === undefined ? {} : { bytes }),
        ...(manifest === undefined ? {} : { manifest }),
      },
    });
  }
  return messages;
}

function sourceOf(config: PartnerConfig, id: string | undefined): PartnerConfig['sources'][number] {
  const ids = config.sources.map((source) => source.id).join(', ');
  if (id === undefined) {
    if (config.sources.length > 1)
      throw new InvalidArrivalError(`${config.id} has several sources: say which (${ids})`);
    return config.sources[0]!;
  }
  const source = config.sources.find((candidate) => candidate.id === id);
  if (source) return source;
  throw new InvalidArrivalError(`${config.id} has no source ${JSON.stringify(id)}: expected one of ${ids}`);
}
