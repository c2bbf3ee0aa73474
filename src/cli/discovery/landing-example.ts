import { type PartnerConfig, partnerConfigSchema } from '../../config/partner-config.js';

export function partnerConfig(head: object): PartnerConfig {
  return partnerConfigSchema.parse(head);
}

/** `landing/acme/YYYY-MM-DD/` */
export function landingExample(config: PartnerConfig): string {
  return config.sources[0]!.landing.replaceAll('{partner}', config.id).replaceAll('{date}', 'YYYY-MM-DD');
}
