import { partnerDayId, QUEUES } from '../../workflows/names.js';
import { PARTNER_DAY } from './start-options.js';

/** The same message with the Temporal CLI, to a day that is open or not yet started. */
export function plainSignalCommand(partner: string, date: string, signal: string, body: object): string {
  const id = partnerDayId(partner, date);
  return `temporal workflow signal --workflow-id ${id} --name ${signal} --input ${shellQuote(JSON.stringify(body))}`;
}

/** Starts a day that is not running, with the same command line tool. */
export function plainStartCommand(partner: string, date: string, mode: 'wait' | 'seal'): string {
  const input = shellQuote(JSON.stringify({ partner, date, mode }));
  return `temporal workflow start --workflow-id ${partnerDayId(partner, date)} --type ${PARTNER_DAY} --task-queue ${QUEUES.control} --input ${input}`;
}

export function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
