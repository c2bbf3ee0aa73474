import type { Plan } from '../ingest/planning/plan.js';
import type { Finding } from './finding.js';
import type { ScoredDay } from './score-facts.js';

/** The day as it would be, had these archives come whole and in order. `unnamed`: further ones, announced by number. */
export function withArchives(day: ScoredDay, sent: ReadonlySet<string>, unnamed: number): ScoredDay {
  const { plan, findings, tables } = day;
  const isSent = ({ archive }: Finding) => archive !== undefined && sent.has(archive);
  const growth = growthBy(plan, sent, unnamed);
  const archives = plan.archives.map((archive) =>
    sent.has(archive.key) ? { ...archive, fate: 'merged' as const } : archive,
  );
  const stillMissing = archives.some(({ fate }) => fate === 'missing') || plan.arrivals.unnamed > unnamed;
  return {
    tables,
    plan: {
      ...plan,
      archives,
      arrivals: { ...plan.arrivals, unnamed: Math.max(0, plan.arrivals.unnamed - unnamed) },
      members: { ...plan.members, quarantined: membersLeft(plan, findings, isSent) },
      rows: { ...plan.rows, quarantined: rowsLeft(plan, findings, isSent) },
    },
    findings: findings.filter((finding) => {
      if (isSent(finding)) return !/^(?:archive|member|row)-/.test(finding.code);
      if (finding.measure?.basis === 'announced') return stillMissing;
      return !isMadeUp(finding, growth);
    }),
  };
}

/** By which factor the day grows when archives come that nothing was read of, and are like the others. */
function growthBy({ archives }: Plan, sent: ReadonlySet<string>, unnamed: number): number {
  const read = archives.filter(({ fate }) => fate === 'merged' || fate === 'salvaged').length;
  const more = archives.filter(
    ({ key, fate }) => sent.has(key) && ['missing', 'quarantined', 'late'].includes(fate),
  ).length;
  return read === 0 ? 1 : (read + more + unnamed) / read;
}

/** Too little by earlier days, and no more so when the day has grown. */
function isMadeUp({ code, measure }: Finding, growth: number): boolean {
  if (measure?.basis !== 'history' || measure.expected === undefined || measure.threshold === undefined)
    return false;
  const counts = ['archive-missing', 'member-missing', 'row-count-change', 'volume-change'].includes(code);
  if (!counts || measure.value >= measure.expected) return false;
  return measure.expected - measure.value * growth < measure.threshold * measure.expected;
}

function membersLeft(
  { members }: Plan,
  findings: readonly Finding[],
  isSent: (finding: Finding) => boolean,
): number {
  const aside = findings.filter(
    ({ severity, code, member }) =>
      severity === 'error' && member !== undefined && /^(?:member|archive)-/.test(code),
  );
  const distinct = (some: readonly Finding[]) =>
    new Set(some.map(({ archive, member }) => JSON.stringify([archive, member]))).size;
  const others = aside.filter((finding) => !isSent(finding));
  // Where findings stand for many, those that remain are not known one by one.
  if (findings.some(isSum)) return Math.max(0, members.quarantined - distinct(aside.filter(isSent)));
  return Math.min(members.quarantined, distinct(others));
}

function rowsLeft(
  { rows }: Plan,
  findings: readonly Finding[],
  isSent: (finding: Finding) => boolean,
): number {
  const aside = findings.filter(
    ({ severity, code, archive }) =>
      severity === 'error' && archive !== undefined && /^(?:row|member|archive)-/.test(code),
  );
  if (aside.every(isSent) && !findings.some(isSum)) return 0;
  const single = aside.filter((finding) => isSent(finding) && finding.code.startsWith('row-'));
  return Math.max(0, rows.quarantined - single.reduce((total, { count = 1 }) => total + count, 0));
}

/** One finding for many that were not kept, or for all members with a header that breaks the contract. */
function isSum({ severity, code, archive }: Finding): boolean {
  if (severity !== 'error') return false;
  return code === 'contract-breach' || (archive === undefined && /^(?:row|member)-/.test(code));
}
