import type { Alert, AlertSection } from './alert.js';
import { consumersLine } from './alert-text.js';

export interface LateSource {
  partner: string;
  date: string;
  source: string;
  when: 'before-deadline' | 'deadline-passed';
  /** On the wall clock of the partner, with the zone. */
  deadline: string;
  policy: 'wait' | 'proceed' | 'fail';
  landed: number;
  /** What the source is waited for with: marker, manifest, signal. */
  because: string;
  /** Announced by name, and not there. */
  announced: readonly string[];
  /** Announced by number only, and not there. */
  unnamed: number;
  /** Not announced, not there, and there on each of so many last days. */
  usual: readonly string[];
  usualDays: number;
  /** What it usually sends, in archives. */
  usualCount?: { least: number; most: number; days: number } | undefined;
  tables: readonly string[];
  consumers: readonly string[];
}

const SHOWN = 10;

const WHAT_FOLLOWS = {
  'before-deadline': {
    wait: 'the day goes on waiting, and another alert is written',
    proceed: 'the day goes on without what is missing, and is short',
    fail: 'the day fails, and nothing is published',
  },
  'deadline-passed': {
    wait: 'the day goes on waiting',
    proceed: 'the day goes on without what is missing, and is short',
    fail: 'the day has failed, and nothing is published',
  },
} as const;

/** What is missing, which tables that concerns, what follows, and what to type. */
export function deadlineAlert(late: LateSource): Alert {
  const { partner, date, source, when, deadline, landed, consumers, policy } = late;
  const isLost = when === 'deadline-passed' && policy === 'fail';
  const what =
    when === 'before-deadline'
      ? `source ${source} is not complete, and its deadline is ${deadline}`
      : `source ${source} missed its deadline of ${deadline}`;
  const gone = missing(late);
  const next = [
    `partnerday status ${partner} ${date}`,
    isLost
      ? `partnerday run ${partner} ${date}     # with what is there`
      : `partnerday arrive ${partner} ${date} --source ${source} --complete     # if nothing more comes`,
  ];
  const there = `${counted(landed, 'archive has', 'archives have')} landed; the source ${late.because}`;
  const sections: AlertSection[] = [
    { title: 'Missing', lines: [...gone, there] },
    {
      title: 'Tables it usually carries',
      lines: [tables(late), ...(consumers.length > 0 ? [consumersLine(consumers)] : [])],
    },
    { title: when === 'before-deadline' ? 'At the deadline' : 'Now', lines: [WHAT_FOLLOWS[when][policy]] },
    { title: 'Retried', lines: ['nothing: what lands is taken up as it comes'] },
    { title: 'Next', lines: next },
  ];
  return {
    format: 1,
    partner,
    date,
    level: isLost ? 'error' : 'late',
    subject: `${partner} ${date}: ${what}`,
    sections,
    causes: gone.map((text) => ({ rule: when, text })),
    tables: [...late.tables],
    consumers: [...consumers],
    next,
  };
}

function missing({ announced, unnamed, usual, usualDays, usualCount, landed }: LateSource): string[] {
  const lines = [
    ...announced.map((key) => `${key} (announced)`),
    ...usual.map((key) => `${key} (there on each of the last ${counted(usualDays, 'day', 'days')})`),
  ];
  const shown = lines.slice(0, SHOWN);
  if (lines.length > SHOWN) shown.push(`and ${lines.length - SHOWN} more`);
  if (unnamed > 0) shown.push(`${counted(unnamed, 'archive', 'archives')} announced by number`);
  if (usualCount !== undefined && landed < usualCount.least) {
    const { least, most, days } = usualCount;
    const usually = least === most ? `${least}` : `${least} to ${most}`;
    shown.push(`${landed} archives; the last ${counted(days, 'day', 'days')} brought ${usually}`);
  }
  return shown.length > 0 ? shown : ['nothing that is known of: the source has not said that it is complete'];
}

function tables({ tables: names, usualDays }: LateSource): string {
  if (names.length > 0) return names.join(', ');
  return usualDays === 0 ? 'not known: no earlier day is published' : 'none that is known of';
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
