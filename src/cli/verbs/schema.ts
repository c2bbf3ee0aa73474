import { Command } from 'commander';
import type { Cli } from '../cli.js';
import { schemaDiffVerb } from './schema-diff.js';

export function schemaVerb(cli: Cli): Command {
  return new Command('schema')
    .summary('how tables looked from day to day')
    .description('What is known of the columns of a partner’s tables, from the registry of published days.')
    .addCommand(schemaDiffVerb(cli));
}
