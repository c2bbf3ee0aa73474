import { Command } from 'commander';
import { stringify } from 'yaml';
import { exportOdcs, type LearnedTable } from '../../config/odcs/export-odcs.js';
import { parseTable } from '../../ingest/layout.js';
import { readRegistry } from '../../ingest/publication/read-registry.js';
import type { Cli } from '../cli.js';
import { CliError, usageError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { verb } from './verb.js';

export function contractExportVerb(cli: Cli): Command {
  return new Command('export')
    .summary('print a partner’s contract')
    .description(
      'Prints the contract of a partner’s tables as ODCS 3.1 YAML. Tables the configuration does not describe are described as they looked on the newest day, and marked so.',
    )
    .argument('<partner>', 'partner id')
    .argument('[table...]', 'only these tables')
    .action(verb(cli, (partner: string, tables: string[]) => exportContract(cli, partner, tables)));
}

async function exportContract(cli: Cli, partner: string, wanted: string[]): Promise<ExitCode> {
  const config = await cli.partner(partner);
  wanted.forEach(parseTable);
  const learned = await learnedTables(cli, partner);
  const known = [...new Set([...Object.keys(config.tables), ...learned.keys()])].sort();
  const unknown = wanted.find((table) => !known.includes(table));
  if (unknown !== undefined)
    throw usageError(
      `${partner} has no table ${JSON.stringify(unknown)}: expected one of ${known.join(', ') || '(none yet)'}`,
    );
  const tables = wanted.length > 0 ? wanted : known;
  if (tables.length === 0)
    throw new CliError(
      EXIT.usage,
      `nothing is known of the tables of ${partner}: none is configured, and none was published`,
      `partnerday partner add ${partner} --from-archives`,
    );
  const document = exportOdcs(config, tables, learned);
  cli.print({ json: document, text: () => stringify(document, { lineWidth: 0 }).trimEnd() });
  return EXIT.ok;
}

async function learnedTables(cli: Cli, partner: string): Promise<Map<string, LearnedTable>> {
  const learned = new Map<string, LearnedTable>();
  for (const entry of await readRegistry(await cli.store(), partner, { signal: cli.signal }))
    learned.set(entry.table, entry);
  return learned;
}
