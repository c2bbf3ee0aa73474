import type { Alert } from '../quality/alert.js';

/** What an alert looks like, marked as a test in its subject and in every paragraph that could worry somebody. */
export function sampleAlert(partner: string, consumers: readonly string[], now: Date): Alert {
  const date = now.toISOString().slice(0, 10);
  const next = [`partnerday explain ${partner} ${date}`];
  return {
    format: 1,
    partner,
    date,
    level: 'warning',
    subject: `TEST ${partner} ${date}: this is how an alert looks; nothing is wrong`,
    sections: [
      { title: 'Cause', lines: ['test: somebody typed `partnerday alerts test`'] },
      {
        title: 'Impact',
        lines: ['none', `consumers: ${consumers.length > 0 ? consumers.join(', ') : 'none configured'}`],
      },
      { title: 'Retried', lines: ['nothing had to be'] },
      { title: 'Next', lines: next },
    ],
    causes: [{ rule: 'test', text: 'somebody typed `partnerday alerts test`' }],
    tables: [],
    consumers: [...consumers],
    next,
  };
}
