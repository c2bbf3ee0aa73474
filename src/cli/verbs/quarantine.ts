import { Command } from 'commander';
import type { Cli } from '../cli.js';
import { quarantineListVerb } from './quarantine-list.js';
import { quarantineReplayVerb } from './quarantine-replay.js';
import { quarantineShowVerb } from './quarantine-show.js';

export function quarantineVerb(cli: Cli): Command {
  return new Command('quarantine')
    .summary('what was set aside: list it, show it, replay it')
    .description(
      'Rows, members and archives that could not be loaded are set aside with their exact place, and can be read again once the rules are right.',
    )
    .addCommand(quarantineListVerb(cli))
    .addCommand(quarantineShowVerb(cli))
    .addCommand(quarantineReplayVerb(cli));
}
