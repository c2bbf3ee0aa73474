import type { PartnerConfig } from './partner-config.js';
import type { Rules } from './rules.js';
import { rulesId } from './rules-id.js';
import { relationColumns } from './table-relation.js';

const known = new WeakMap<PartnerConfig, { rules: Rules; rulesId: string }>();

/** The part of a partner's configuration that decides which bytes come out of an archive, and its identity. */
export function rulesOf(config: PartnerConfig): { rules: Rules; rulesId: string } {
  let result = known.get(config);
  if (!result) {
    const { members, dialect, contract, limits, tables, quality } = config;
    // A snapshot that an earlier release pinned has none.
    const aside = relationColumns(quality?.rules ?? []);
    const rules: Rules = {
      members,
      dialect,
      contract,
      limits,
      tables,
      ...(aside.size === 0 ? {} : { aside: Object.fromEntries(aside) }),
    };
    result = { rules, rulesId: rulesId(rules) };
    known.set(config, result);
  }
  return result;
}
