import { Command } from 'commander';
import type { Cli } from '../cli.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { plural } from '../output/format.js';
import type { Quarantine } from '../quarantine/open-quarantine.js';
import { verb } from './verb.js';

export function quarantineListVerb(cli: Cli): Command {
  return new Command('list')
    .summary('what the published version has set aside')
    .description(
      'Lists rows, members and archives that are in no table, each with archive, member, line, byte and reason. Needs only the store.',
    )
    .argument('<partner>', 'partner id')
    .argument('<date>', 'business date, YYYY-MM-DD')
    .action(verb(cli, (partner: string, date: string) => list(cli, partner, date)));
}

async function list(cli: Cli, partner: string, date: string): Promise<ExitCode> {
  const { openQuarantine } = await import('../quarantine/open-quarantine.js');
  const quarantine = await openQuarantine(cli, await cli.day(partner, date));
  if (cli.options.output === 'table') await printTable(cli, quarantine);
  else {
    const { writeAll } = await import('../output/write-all.js');
    await writeAll(cli.stdout, cli.options.output === 'json' ? document(quarantine) : lines(quarantine));
  }
  const expired = quarantine.expired.size;
  if (expired > 0) {
    cli.note(
      `Rows set aside of ${plural(expired, 'archive')} have expired and are not listed; summary.json counts them.`,
    );
  }
  return EXIT.ok;
}

/** One document, an item a line, never in memory as a whole; the counts are known last. */
async function* document({ publication, items }: Quarantine): AsyncGenerator<string> {
  const { itemJson } = await import('../quarantine/item-json.js');
  const { countItem, noQuarantine } = await import('../../ingest/quarantine/quarantine-counts.js');
  const { partner, date, version, workflowId, runId } = publication;
  const head = JSON.stringify({ partner, date, version, workflowId, runId });
  const counts = noQuarantine();
  yield `${head.slice(0, -1)},\n"items": [`;
  let separator = '\n';
  for await (const item of items()) {
    countItem(counts, item);
    yield `${separator}${JSON.stringify(itemJson(item))}`;
    separator = ',\n';
  }
  yield `\n],\n"counts": ${JSON.stringify(counts)}}\n`;
}

async function* lines({ items }: Quarantine): AsyncGenerator<string> {
  const { itemJson } = await import('../quarantine/item-json.js');
  for await (const item of items()) yield `${JSON.stringify(itemJson(item))}\n`;
}

async function printTable(cli: Cli, { publication, items }: Quarantine): Promise<void> {
  const { countsText, groupsText, ItemGroups } = await import('../quarantine/quarantine-text.js');
  const { countItem, noQuarantine } = await import('../../ingest/quarantine/quarantine-counts.js');
  const { partner, date, version } = publication;
  const counts = noQuarantine();
  const groups = new ItemGroups();
  for await (const item of items()) {
    countItem(counts, item);
    groups.add(item);
  }
  const day = cli.style('bold', `${partner} ${date}`);
  if (groups.shown.length === 0) {
    cli.stdout.write(`${day} v${version}: nothing is set aside\n`);
    return;
  }
  cli.stdout.write(`${day} v${version}: ${countsText(counts)} set aside\n\n${groupsText(groups)}\n`);
  cli.note(`\nNext: partnerday quarantine show ${partner} ${date} ${groups.shown[0]!.first.id}`);
  cli.note(
    `      correct partners/${partner}.yaml, then: partnerday quarantine replay ${partner} ${date} --wait`,
  );
}
