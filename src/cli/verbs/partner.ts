import { Command } from 'commander';
import type { Cli } from '../cli.js';
import { partnerAddVerb } from './partner-add.js';
import { partnerListVerb } from './partner-list.js';

export function partnerVerb(cli: Cli): Command {
  return new Command('partner')
    .summary('add or list partners')
    .description('A partner is one file, partners/ID.yaml, and nothing else.')
    .addCommand(partnerAddVerb(cli))
    .addCommand(partnerListVerb(cli));
}
