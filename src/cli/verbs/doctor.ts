import { Command } from 'commander';
import type { Cli } from '../cli.js';
import type { Check } from '../doctor/run-checks.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { renderTable } from '../output/table.js';
import { verb } from './verb.js';

export function doctorVerb(cli: Cli): Command {
  return new Command('doctor')
    .summary('check this machine, Temporal, the store and the configuration')
    .description('Checks everything Partnerday needs. Each line that is not ok says what to type.')
    .action(verb(cli, () => doctor(cli)));
}

const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

async function doctor(cli: Cli): Promise<ExitCode> {
  const { runChecks } = await import('../doctor/run-checks.js');
  const checks = await runChecks(cli);
  cli.print({
    json: { ok: checks.every(({ state }) => state !== 'fail'), checks },
    lines: checks,
    text: () =>
      renderTable<Check>(
        [
          { title: '', value: ({ state }) => cli.style(COLOURS[state], state) },
          { title: 'check', value: ({ name }) => name },
          { title: 'found', value: ({ found }) => found },
          { title: 'what to do', value: ({ fix }) => fix ?? '' },
        ],
        checks,
      ),
  });
  const failed = checks.filter(({ state }) => state === 'fail');
  if (failed.length === 0) return EXIT.ok;
  return failed.some(({ name }) => name === 'configuration') ? EXIT.usage : EXIT.unreachable;
}
