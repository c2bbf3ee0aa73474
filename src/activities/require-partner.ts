import type { PartnerConfig } from '../config/partner-config.js';
import { TerminalError } from '../errors.js';
import type { Dependencies } from './dependencies.js';

/** The partner has no (valid) configuration. */
export class UnknownPartnerError extends TerminalError {}

/** The partner's configuration as it stands now. @throws UnknownPartnerError */
export async function requirePartner(
  partners: Dependencies['partners'],
  partner: string,
): Promise<PartnerConfig> {
  const config = (await partners()).get(partner);
  if (config) return config;
  throw new UnknownPartnerError(
    `partner ${partner} has no valid configuration: check partners/${partner}.yaml with "partnerday validate"`,
  );
}
