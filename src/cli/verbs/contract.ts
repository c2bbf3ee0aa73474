import { Command } from 'commander';
import type { Cli } from '../cli.js';
import { contractExportVerb } from './contract-export.js';
import { contractImportVerb } from './contract-import.js';

export function contractVerb(cli: Cli): Command {
  return new Command('contract')
    .summary('table contracts as Open Data Contract Standard')
    .description('Hands a partner’s table contract over, or takes one in, as ODCS 3.1 YAML.')
    .addCommand(contractExportVerb(cli))
    .addCommand(contractImportVerb(cli));
}
