import { Command, Option } from 'commander';
import { codeVersion } from '../config/code-version.js';
import type { Cli, GlobalOptions } from './cli.js';
import { usageError } from './cli-error.js';
import { alertsVerb } from './verbs/alerts.js';
import { arriveVerb } from './verbs/arrive.js';
import { backfillVerb } from './verbs/backfill.js';
import { cancelVerb } from './verbs/cancel.js';
import { compareVerb } from './verbs/compare.js';
import { completionVerb } from './verbs/completion.js';
import { contractVerb } from './verbs/contract.js';
import { decideVerb } from './verbs/decide.js';
import { demoVerb } from './verbs/demo.js';
import { doctorVerb } from './verbs/doctor.js';
import { downVerb } from './verbs/down.js';
import { explainVerb } from './verbs/explain.js';
import { inspectVerb } from './verbs/inspect.js';
import { lineageVerb } from './verbs/lineage.js';
import { partnerVerb } from './verbs/partner.js';
import { quarantineVerb } from './verbs/quarantine.js';
import { rehearseVerb } from './verbs/rehearse.js';
import { reportVerb } from './verbs/report.js';
import { retryVerb } from './verbs/retry.js';
import { runVerb } from './verbs/run.js';
import { schemaVerb } from './verbs/schema.js';
import { serveVerb } from './verbs/serve.js';
import { statusVerb } from './verbs/status.js';
import { sweepVerb } from './verbs/sweep.js';
import { traceVerb } from './verbs/trace.js';
import { upVerb } from './verbs/up.js';
import { validateVerb } from './verbs/validate.js';
import { verifyVerb } from './verbs/verify.js';
import { workerVerb } from './verbs/worker.js';

const EXIT_CODES = `
Exit codes:
  0    ok
  1    finished, with failed tables or a breached gate
  2    usage, or a configuration that cannot be used
  3    Temporal, the store or a tool cannot be reached or written
  4    --wait timed out (the work goes on)
  70   a defect of Partnerday itself
  130  interrupted`;

/** The command tree. Completion and help are generated from it. */
export function buildProgram(cli: Cli, name: string): Command {
  const program = new Command(name);
  program
    .description('One verified CSV per table from a partner’s daily tar.gz drop, durably, on Temporal.')
    .version(codeVersion())
    .addOption(
      new Option('-c, --config <dir>', 'directory with partnerday.yaml and partners/')
        .env('PARTNERDAY_CONFIG')
        .default('.'),
    )
    .addOption(
      new Option('-o, --output <format>', 'format of data on stdout')
        .choices(['table', 'json', 'jsonl', 'html', 'md'])
        .default('table'),
    )
    .addOption(
      new Option('--color <when>', 'colour (NO_COLOR is respected)')
        .choices(['auto', 'always', 'never'])
        .default('auto'),
    )
    .addHelpText('after', EXIT_CODES)
    .hook('preAction', (_program, action) => {
      cli.options = action.optsWithGlobals<GlobalOptions>();
      const { output } = cli.options;
      if ((output === 'html' || output === 'md') && action.name() !== 'report')
        throw usageError(`-o ${output} is for reports: expected table, json or jsonl`);
    });
  program.commandsGroup('A project:');
  program.addCommand(demoVerb(cli));
  program.addCommand(upVerb(cli));
  program.addCommand(downVerb(cli));
  program.addCommand(doctorVerb(cli));
  program.addCommand(validateVerb(cli));
  program.addCommand(partnerVerb(cli));
  program.addCommand(rehearseVerb(cli));
  program.addCommand(workerVerb(cli));
  program.addCommand(serveVerb(cli));
  program.addCommand(sweepVerb(cli));
  program.addCommand(alertsVerb(cli));
  program.commandsGroup('A partner-day:');
  program.addCommand(arriveVerb(cli));
  program.addCommand(runVerb(cli));
  program.addCommand(statusVerb(cli));
  program.addCommand(explainVerb(cli));
  program.addCommand(reportVerb(cli));
  program.addCommand(retryVerb(cli));
  program.addCommand(decideVerb(cli));
  program.addCommand(backfillVerb(cli));
  program.addCommand(cancelVerb(cli));
  program.addCommand(verifyVerb(cli));
  program.addCommand(compareVerb(cli));
  program.commandsGroup('Data:');
  program.addCommand(inspectVerb(cli));
  program.addCommand(traceVerb(cli));
  program.addCommand(quarantineVerb(cli));
  program.addCommand(lineageVerb(cli));
  program.addCommand(schemaVerb(cli));
  program.addCommand(contractVerb(cli));
  program.commandsGroup('Shell:');
  program.addCommand(completionVerb());
  program.addHelpCommand(
    new Command('help').argument('[command]').description('help for a verb').helpGroup('Shell:'),
  );
  for (const command of [program, ...descendants(program)]) {
    command
      .exitOverride()
      .showHelpAfterError('(--help lists what is possible)')
      .configureHelp({ showGlobalOptions: true })
      .configureOutput({
        writeOut: (text) => cli.stdout.write(text),
        writeErr: (text) => cli.stderr.write(text),
      });
  }
  return program;
}

function descendants(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...descendants(child)]);
}
