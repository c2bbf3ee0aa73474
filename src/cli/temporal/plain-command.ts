import { partnerDayId } from '../../workflows/names.js';

/** The same message with the Temporal CLI, for a day that is open. */
export function plainSignalCommand(partner: string, date: string, signal: string, body: object): string {
  const id = partnerDayId(partner, date);
  return `temporal workflow signal --workflow-id ${id} --name ${signal} --input ${shellQuote(JSON.stringify(body))}`;
}

export function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
