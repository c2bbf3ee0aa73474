import { duration } from '../../config/duration.js';
import { usageError } from '../cli-error.js';

/** `--timeout 10m` in milliseconds. */
export function parseTimeout(text: string | undefined, wait: boolean | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!wait) throw usageError('--timeout needs --wait');
  const parsed = duration.safeParse(text);
  if (!parsed.success) throw usageError(`--timeout: ${parsed.error.issues[0]!.message}`);
  return parsed.data;
}
