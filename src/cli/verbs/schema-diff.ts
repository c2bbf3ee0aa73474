import { Command } from 'commander';
import { parseBusinessDate, parsePartner, parseTable } from '../../ingest/layout.js';
import { readTableHistory } from '../../ingest/publication/read-registry.js';
import type { RegistryEntry } from '../../ingest/publication/registry.js';
import { type SchemaDifference, schemaDiff } from '../../quality/schema-diff.js';
import type { Cli } from '../cli.js';
import { CliError, usageError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { renderTable } from '../output/table.js';
import { printable } from '../trace/printable.js';
import { verb } from './verb.js';

export function schemaDiffVerb(cli: Cli): Command {
  return new Command('diff')
    .summary('columns added, removed, moved, renamed, retyped')
    .description(
      'Compares how a table was published on two days. With one date: that day and the one before it. Without any: the newest day that differs from the day before it.',
    )
    .argument('<partner>', 'partner id')
    .argument('<table>', 'table')
    .argument('[from]', 'business date, YYYY-MM-DD')
    .argument('[to]', 'business date, YYYY-MM-DD')
    .action(
      verb(cli, (partner: string, table: string, from: string | undefined, to: string | undefined) =>
        diff(cli, partner, table, from, to),
      ),
    );
}

async function diff(cli: Cli, partner: string, table: string, from?: string, to?: string): Promise<ExitCode> {
  await cli.knownPartner(parsePartner(partner));
  parseTable(table);
  const history = await readTableHistory(await cli.store(), partner, table, { signal: cli.signal });
  if (history.length === 0)
    throw new CliError(
      EXIT.usage,
      `no published day of ${partner} has a table ${JSON.stringify(table)}`,
      `partnerday status ${partner}`,
    );
  const [before, now] = chosen(history, from, to);
  if (before === undefined || now === undefined) {
    cli.print({
      json: { partner, table, from: null, to: history.at(-1)!.date, differences: [] },
      text: () => `${partner} ${table}: ${sameSince(history)}`,
    });
    return EXIT.ok;
  }
  const differences = schemaDiff(before, now);
  cli.print({
    json: { partner, table, from: before.date, to: now.date, differences },
    lines: differences,
    text: () =>
      [
        `${cli.style('bold', `${partner} ${table}`)}  ${before.date} (${before.columns.length} columns) to ${now.date} (${now.columns.length})`,
        differences.length === 0 ? 'no difference' : tableOf(cli, differences),
      ].join('\n'),
  });
  return EXIT.ok;
}

type Chosen = [before: RegistryEntry | undefined, now: RegistryEntry | undefined];

function chosen(history: readonly RegistryEntry[], from?: string, to?: string): Chosen {
  if (from !== undefined && to !== undefined) return [on(history, from), on(history, to)];
  if (from !== undefined) {
    const now = on(history, from);
    return [history[history.indexOf(now) - 1], now];
  }
  for (let index = history.length - 1; index > 0; index--) {
    const [before, now] = [history[index - 1]!, history[index]!];
    if (schemaDiff(before, now).length > 0) return [before, now];
  }
  return [undefined, undefined];
}

function on(history: readonly RegistryEntry[], date: string): RegistryEntry {
  parseBusinessDate(date);
  const found = history.find((entry) => entry.date === date);
  if (found) return found;
  const days = history.map((entry) => entry.date);
  throw usageError(
    `the table was not published on ${date}: it was on ${days.length} days, from ${days[0]} to ${days.at(-1)}`,
  );
}

function sameSince(history: readonly RegistryEntry[]): string {
  const [first, last] = [history[0]!, history.at(-1)!];
  return history.length === 1
    ? `known of one day only, ${last.date}`
    : `the same ${last.columns.length} columns on all ${history.length} days from ${first.date} to ${last.date}`;
}

const SIGN = { added: '+', removed: '-', moved: '~', renamed: '≈', retyped: 'Δ' } as const;
const COLOUR = {
  added: 'green',
  removed: 'red',
  moved: 'cyan',
  renamed: 'yellow',
  retyped: 'yellow',
} as const;

function tableOf(cli: Cli, differences: readonly SchemaDifference[]): string {
  return renderTable<SchemaDifference>(
    [
      { title: '', value: ({ kind }) => cli.style(COLOUR[kind], `${SIGN[kind]} ${kind}`) },
      { title: 'column', value: ({ column }) => printable(Buffer.from(column), 200) },
      { title: 'what', value: whatOf },
    ],
    differences,
  );
}

function whatOf({ kind, was, before, now, typeBefore, typeNow }: SchemaDifference): string {
  if (kind === 'added') return `${typeNow}, as column ${now}`;
  if (kind === 'removed') return `was ${typeBefore}, column ${before}`;
  if (kind === 'renamed') return `was perhaps ${printable(Buffer.from(was!), 200)}, column ${before}`;
  if (kind === 'moved') return `from column ${before} to ${now}`;
  return `${typeBefore} became ${typeNow}`;
}
