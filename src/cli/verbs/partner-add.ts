import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { stringify } from 'yaml';
import { renderProblem } from '../../config/config-problem.js';
import { displayPath, PARTNERS_DIRECTORY } from '../../config/load-project.js';
import { parseYaml } from '../../config/parse-yaml.js';
import { partnerConfigSchema } from '../../config/partner-config.js';
import { writeWholeFile } from '../../config/write-whole-file.js';
import { parsePartner } from '../../ingest/layout.js';
import type { Cli } from '../cli.js';
import { CliError, usageError } from '../cli-error.js';
import type { Discovery } from '../discovery/discover-tables.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { plural } from '../output/format.js';
import { verb } from './verb.js';

interface AddOptions {
  landing?: string;
  archives?: string;
  timeZone?: string;
  opensAt?: string;
  fromArchives?: boolean;
  dryRun?: boolean;
}

export function partnerAddVerb(cli: Cli): Command {
  return new Command('add')
    .summary('add a partner')
    .description(
      'Writes partners/ID.yaml, which works as it is. With archives in its landing prefix already, --from-archives reads a few of them and fills in the member pattern and the tables.',
    )
    .argument('<id>', 'partner id: a-z, 0-9 and "-"')
    .option('--landing <prefix>', 'where its archives land, e.g. landing/{partner}/{date}/')
    .option('--archives <pattern>', 'file names of archives, e.g. *.tar.gz')
    .option('--time-zone <zone>', 'IANA zone of its business dates')
    .option('--opens-at <HH:MM>', 'local time at which its day opens')
    .option('--from-archives', 'discover tables from archives that have landed')
    .option('--dry-run', 'print the file instead of writing it')
    .action(verb(cli, (id: string, options: AddOptions) => add(cli, id, options)));
}

async function add(cli: Cli, id: string, options: AddOptions): Promise<ExitCode> {
  parsePartner(id);
  const { dir } = await cli.project();
  const { partnerIds } = await import('../../config/load-project.js');
  const path = join(dir, PARTNERS_DIRECTORY, `${id}.yaml`);
  if ((await partnerIds(dir)).includes(id)) {
    throw usageError(
      `partner ${id} is there already: ${displayPath(path)}`,
      'edit that file, then: partnerday validate',
    );
  }
  const head = {
    id,
    ...(options.timeZone === undefined ? {} : { timeZone: options.timeZone }),
    ...(options.opensAt === undefined ? {} : { opensAt: options.opensAt }),
    ...(options.landing === undefined && options.archives === undefined
      ? {}
      : {
          sources: [
            {
              ...(options.landing === undefined ? {} : { landing: options.landing }),
              ...(options.archives === undefined ? {} : { archives: options.archives }),
            },
          ],
        }),
  };
  checked(stringify(head));
  const discovery = options.fromArchives ? await discover(cli, head) : undefined;
  const text = render(head, discovery);
  checked(text);
  const summary = {
    id,
    file: displayPath(path),
    tables: discovery?.tables ?? [],
    pattern: discovery?.pattern ?? null,
  };
  if (options.dryRun) {
    cli.print({ json: { ...summary, text }, text: () => text.trimEnd() });
    cli.note('nothing was written');
    return EXIT.ok;
  }
  await mkdir(join(dir, PARTNERS_DIRECTORY), { recursive: true });
  try {
    await writeWholeFile(path, text, { create: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw usageError(`partner ${id} is there already: ${displayPath(path)}`);
  }
  cli.print({ json: summary, text: () => displayPath(path) });
  if (discovery)
    cli.note(`found ${plural(discovery.tables.length, 'table')} in ${plural(discovery.archives, 'archive')}`);
  const { partnerConfig, landingExample } = await import('../discovery/landing-example.js');
  cli.note(
    `Put archives below ${landingExample(partnerConfig(head))} of the store, then: partnerday run ${id} ${discovery?.date ?? 'YYYY-MM-DD'} --wait`,
  );
  return EXIT.ok;
}

async function discover(cli: Cli, head: object): Promise<Discovery> {
  const { discoverTables } = await import('../discovery/discover-tables.js');
  const found = await discoverTables(await cli.store(), partnerConfigSchema.parse(head), cli.signal);
  if (found === undefined) {
    throw new CliError(
      EXIT.usage,
      `no archive of ${partnerConfigSchema.parse(head).id} has landed in ${(await cli.store()).url} yet`,
      'put one into the landing prefix, or leave --from-archives away',
    );
  }
  return found;
}

/** The options become part of a file that must work: they are checked as that file. */
function checked(text: string): void {
  const { problems } = parseYaml('partner', text, partnerConfigSchema);
  if (problems.length > 0)
    throw usageError(
      problems
        .map(renderProblem)
        .join('\n')
        .replace(/^partner:\d+:\d+ /gm, ''),
    );
}

function render(head: { id: string }, discovery: Discovery | undefined): string {
  const lines = [
    `# Everything else has a default: docs/configuration.md lists all fields.`,
    stringify({
      ...head,
      ...(discovery ? { members: { pattern: discovery.pattern, dateFormat: discovery.dateFormat } } : {}),
    }).trimEnd(),
  ];
  if (discovery) {
    lines.push(
      '# Found in the archives. Columns are learned from the data; list them to be told when they change.',
    );
    lines.push(
      stringify({ tables: Object.fromEntries(discovery.tables.map((table) => [table, {}])) }).trimEnd(),
    );
  }
  return `${lines.join('\n')}\n`;
}
