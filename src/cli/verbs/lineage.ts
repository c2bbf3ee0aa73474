import { Command } from 'commander';
import { codeVersion } from '../../config/code-version.js';
import { NotPublishedError } from '../../ingest/publication/pointer.js';
import { gatherEvents } from '../../lineage/gather-events.js';
import { lineageEndpoint } from '../../lineage/lineage-endpoint.js';
import { sendEvent } from '../../lineage/send-event.js';
import type { Cli } from '../cli.js';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { plural } from '../output/format.js';
import { verb } from './verb.js';

interface LineageOptions {
  table?: string[];
  send?: boolean;
}

export function lineageVerb(cli: Cli): Command {
  return new Command('lineage')
    .summary('what each table was made of, as OpenLineage')
    .description(
      'Prints one OpenLineage event per table of a published day, a line each, or sends them to OPENLINEAGE_URL. The same day gives the same events.',
    )
    .argument('<partner>', 'partner id')
    .argument('<date>', 'business date, YYYY-MM-DD')
    .option('--table <table...>', 'only these tables')
    .option('--send', 'send them to OPENLINEAGE_URL')
    .action(
      verb(cli, (partner: string, date: string, options: LineageOptions) =>
        lineage(cli, partner, date, options),
      ),
    );
}

async function lineage(
  cli: Cli,
  partner: string,
  date: string,
  { table, send }: LineageOptions,
): Promise<ExitCode> {
  const layout = await cli.day(partner, date);
  const { openLineage } = (await cli.project()).settings;
  const endpoint = send ? lineageEndpoint(cli.env) : undefined;
  if (send && endpoint === undefined)
    throw new CliError(
      EXIT.usage,
      'nowhere to send to: OPENLINEAGE_URL is not set',
      'export OPENLINEAGE_URL=...',
    );
  const events: object[] = [];
  try {
    const found = gatherEvents({
      store: await cli.store(),
      layout,
      namespace: openLineage.namespace,
      codeVersion: codeVersion(),
      ...(table === undefined ? {} : { tables: table }),
      call: { signal: cli.signal },
    });
    for await (const event of found) {
      if (endpoint !== undefined) await sendEvent(endpoint, event);
      events.push(event);
    }
  } catch (error) {
    if (!(error instanceof NotPublishedError)) throw error;
    throw new CliError(EXIT.usage, error.message, `partnerday run ${partner} ${date} --wait`);
  }
  if (endpoint !== undefined) {
    cli.note(`sent ${plural(events.length, 'event')} to ${endpoint.url.host}`);
    return EXIT.ok;
  }
  cli.print({
    json: events,
    lines: events,
    text: () => events.map((event) => JSON.stringify(event)).join('\n'),
  });
  return EXIT.ok;
}
