import type { DistinctCounts } from './day-figures.js';
import type { Finding } from './finding.js';
import type { RuleResult } from './rule-result.js';

/** What came of a rule, as a finding; nothing where it was kept. Placed at the first archive with a fault. */
export function ruleFindings(result: RuleResult): Finding[] {
  const { rule, kind, text, table, outcome, because, severity, checked, violations, threshold } = result;
  if (outcome === 'kept') return [];
  if (outcome === 'not-checked') {
    const detail = `rule ${rule} (${text}) was not checked: ${because}`;
    return [{ code: 'rule-not-checked', severity: 'warning', table, detail }];
  }
  const [first] = result.samples;
  const archive = first?.archives[0];
  const detail = `rule ${rule} (${text}) is broken: ${brokenBy(result)}`;
  const measure = {
    value: checked === 0 ? 1 : violations / checked,
    part: violations,
    whole: checked,
    threshold,
    basis: 'configured' as const,
  };
  const column = result.columns.length === 1 ? { column: result.columns[0]! } : {};
  const place = archive === undefined ? {} : { archive };
  return [
    {
      code: `rule-${kind}`,
      severity,
      table,
      ...column,
      detail,
      ...place,
      count: Math.max(1, violations),
      measure,
    },
  ];
}

function brokenBy({ kind, checked, violations, samples, measured }: RuleResult): string {
  if (kind === 'row-ratio') return `${measured?.ratio ?? 'not a number'}`;
  const what = kind === 'sum' ? 'keys' : 'rows';
  const first = samples.slice(0, 3).map(({ key }) => Object.values(key).map(shown).join('/'));
  const such = first.length === 0 ? '' : `, such as ${first.join(', ')}`;
  return `${violations} of ${checked} ${what}${such}`;
}

const SHOWN = 40;

/** Values are a partner's text: on one line, and not for ever. */
function shown(value: string | null): string {
  if (value === null) return 'null';
  return JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value);
}

/** Distinct keys by table, as far as rules counted them. */
export function distinctCounts(results: readonly RuleResult[]): DistinctCounts {
  const counts = new Map<string, Record<string, number>>();
  for (const { distinct = {} } of results) {
    for (const [table, keys] of Object.entries(distinct))
      counts.set(table, { ...counts.get(table), ...keys });
  }
  return counts;
}
