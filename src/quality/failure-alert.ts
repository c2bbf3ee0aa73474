import type { Alert } from './alert.js';
import { consumersLine } from './alert-text.js';

export interface FailedDay {
  partner: string;
  date: string;
  /** Stage and cause, in one line. */
  error: string;
  /** Version readers see all the same. */
  published: number | undefined;
  consumers: readonly string[];
}

/** A run ended without publishing. */
export function failureAlert({ partner, date, error, published, consumers }: FailedDay): Alert {
  const impact =
    published === undefined
      ? 'nothing of this date is published: no table has rows for it'
      : `readers see version ${published}, as before`;
  const next = [
    `partnerday explain ${partner} ${date}`,
    `partnerday run ${partner} ${date}     # once the cause is gone`,
  ];
  return {
    format: 1,
    partner,
    date,
    level: 'error',
    subject: `${partner} ${date}: the run failed and published nothing`,
    sections: [
      { title: 'Cause', lines: [`run-failed: ${error}`] },
      { title: 'Impact', lines: [impact, consumersLine(consumers)] },
      { title: 'Retried', lines: ['every stage as often as its policy allows'] },
      { title: 'Next', lines: next },
    ],
    causes: [{ rule: 'run-failed', text: error }],
    tables: [],
    consumers: [...consumers],
    next,
  };
}
