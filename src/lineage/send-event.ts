import { postMessage } from '../alerts/post-message.js';
import { TerminalError, TransientError } from '../errors.js';
import type { LineageEndpoint } from './lineage-endpoint.js';

/** The endpoint did not take an event, and may later. */
export class LineageAwayError extends TransientError {}
/** The endpoint will not take it. */
export class LineageRefusedError extends TerminalError {}

const TIMEOUT_MS = 10_000;

/** The address is the operator's, so it may be a private one; an event that was sent before does no harm. */
export async function sendEvent({ url, apiKey }: LineageEndpoint, event: object): Promise<void> {
  const posted = await postMessage({
    url,
    headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
    body: JSON.stringify(event),
    timeoutMs: TIMEOUT_MS,
    privateNetwork: true,
  });
  if (posted.kind === 'again') throw new LineageAwayError(`OPENLINEAGE_URL: ${posted.detail}`);
  if (posted.kind === 'refused') throw new LineageRefusedError(`OPENLINEAGE_URL: ${posted.detail}`);
}
