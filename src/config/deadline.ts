import { duration } from './duration.js';

const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/** A wall clock's time, or milliseconds after the day opens. */
export type Deadline = { readonly at: string } | { readonly after: number };

export function isDeadline(text: string): boolean {
  return TIME.test(text) || duration.safeParse(text).success;
}

/** Of a text for which `isDeadline` holds. */
export function parseDeadline(text: string): Deadline {
  return TIME.test(text) ? { at: text } : { after: duration.parse(text) };
}
