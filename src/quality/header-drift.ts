import type { SchemaChange, TableHead } from '../ingest/planning/plan.js';
import type { Finding } from './finding.js';

const WORDS = { added: 'come', removed: 'go', reordered: 'move', renamed: 'may be renamed' } as const;

/** Raised when the members of a table do not all have the same header; placed where the first other one is. */
export function headerDriftFinding({ table, headerConsistent, changes, members }: TableHead): Finding[] {
  if (headerConsistent) return [];
  const first = changes.find((change) => change.members < members.merged) ?? changes[0];
  const kinds = (Object.keys(WORDS) as SchemaChange['kind'][]).flatMap((kind) => {
    const count = new Set(changes.filter((change) => change.kind === kind).map(({ column }) => column)).size;
    return count === 0 ? [] : [`${count} ${WORDS[kind]}`];
  });
  const what = kinds.length === 0 ? '' : `: of its columns ${kinds.join(', ')}`;
  return [
    {
      code: 'header-drift',
      severity: 'warning',
      table,
      detail: `its members have different headers${what}`,
      ...(first === undefined ? {} : { archive: first.archive, member: first.member }),
    },
  ];
}
