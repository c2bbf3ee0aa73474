import type { PlannedArchive } from '../ingest/planning/plan.js';
import type { Finding } from './finding.js';
import type { Remedy } from './remedy.js';
import { withArchives } from './resent-archives.js';
import type { ScoredDay } from './score-facts.js';

/** What sending archives again would mend: those that are missing, those that are damaged, those with rows set aside. */
export function resendRemedies(day: ScoredDay): Remedy[] {
  return resends(day).map(({ text, archives, unnamed }) => ({
    action: 'resend',
    text,
    archives,
    after: withArchives(day, new Set(archives), unnamed),
  }));
}

/** Archives that landed too late for this version. */
export function rerunRemedies(day: ScoredDay): Remedy[] {
  const late = day.plan.archives.filter(({ fate }) => fate === 'late').map(({ key }) => key);
  if (late.length === 0) return [];
  const which = late.length === 1 ? 'an archive' : `${late.length} archives`;
  const text = `run the day again: ${which} landed too late for this version`;
  return [{ action: 'run', text, archives: late, after: withArchives(day, new Set(late), 0) }];
}

interface Resend {
  text: string;
  archives: string[];
  /** How many that are known by number only. */
  unnamed: number;
}

function resends(day: ScoredDay): Resend[] {
  const { archives, arrivals } = day.plan;
  const fated = (...fates: PlannedArchive['fate'][]) =>
    archives.filter(({ fate }) => fates.includes(fate)).map(({ key }) => key);
  const missing = fated('missing');
  const broken = fated('quarantined', 'salvaged');
  const named = new Set([...missing, ...broken]);
  const spoiled = [...new Set(day.findings.filter(spoils).map(({ archive }) => archive!))].filter(
    (key) => !named.has(key),
  );
  const { unnamed } = arrivals;
  const some: Resend[] = [
    { text: sending('send', missing.length + unnamed, 'that is missing'), archives: missing, unnamed },
    { text: sending('re-send', broken.length, 'that is damaged'), archives: broken, unnamed: 0 },
    { text: sending('re-send', spoiled.length, 'with rows set aside'), archives: spoiled, unnamed: 0 },
  ].filter((resend) => resend.archives.length + resend.unnamed > 0);
  if (some.length < 2) return some;
  const together = some.flatMap((resend) => resend.archives);
  return [{ text: sending('re-send', together.length + unnamed, ''), archives: together, unnamed }, ...some];
}

/** Rows or members of this archive are not in their table, and another archive would have them there. */
function spoils({ severity, code, archive }: Finding): boolean {
  return severity === 'error' && archive !== undefined && /^(?:row|member)-/.test(code);
}

function sending(verb: string, count: number, which: string): string {
  const those = count === 1 ? 'the archive' : `the ${count} archives`;
  const said = count === 1 ? which : which.replace(/^that is/, 'that are');
  return [verb, those, said].filter((word) => word !== '').join(' ');
}
