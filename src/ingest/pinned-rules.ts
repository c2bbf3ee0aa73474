import type { PartnerConfig } from '../config/partner-config.js';
import type { Rules } from '../config/rules.js';
import { rulesOf } from '../config/rules-of.js';
import { TerminalError } from '../errors.js';
import type { CallOptions, ObjectStore } from '../store/object-store.js';
import type { PartnerDayLayout } from './layout.js';

/** No configuration this day ever ran with has these rules. */
export class UnknownRulesError extends TerminalError {}

/** The rules an archive of the day was read by. @throws UnknownRulesError */
export async function pinnedRules(
  store: ObjectStore,
  layout: PartnerDayLayout,
  rulesId: string,
  call: CallOptions = {},
): Promise<Rules> {
  return (await pinnedConfig(store, layout, rulesId, call)).rules;
}

/** Of the configurations the day's runs were pinned to, one that has these rules. @throws UnknownRulesError */
export async function pinnedConfig(
  store: ObjectStore,
  layout: PartnerDayLayout,
  rulesId: string,
  call: CallOptions = {},
): Promise<{ key: string; rules: Rules }> {
  for await (const { key } of store.list(layout.configPrefix, call)) {
    const { config } = JSON.parse((await store.getBytes(key, call)).toString()) as { config: PartnerConfig };
    const pinned = rulesOf(config);
    if (pinned.rulesId === rulesId) return { key, rules: pinned.rules };
  }
  throw new UnknownRulesError(`no configuration below ${layout.configPrefix} has the rules ${rulesId}`);
}
