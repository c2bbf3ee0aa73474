import { type PartnerConfig, partnerConfigSchema } from '../../src/config/partner-config.js';
import { PARTNER } from './manifests.js';

/** A partner's configuration as its file would give it. */
export function partnerConfig(fields: Record<string, unknown> = {}): PartnerConfig {
  return partnerConfigSchema.parse({ id: PARTNER, ...fields });
}
