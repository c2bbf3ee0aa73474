import { Command } from 'commander';
import { parseTable } from '../../ingest/layout.js';
import type { PublishedRows } from '../../ingest/trace/published-rows.js';
import { ObjectNotFoundError } from '../../store/errors.js';
import type { Cli } from '../cli.js';
import { CliError, usageError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { verb } from './verb.js';

interface TraceOptions {
  row?: string;
  byte?: string;
  member?: string;
  archive?: string;
  original?: boolean;
}

export function traceVerb(cli: Cli): Command {
  return new Command('trace')
    .summary('from a published row to its archive, member and line')
    .description(
      'Says which archive, member and line a row of a published table came from; or, with --member, which rows a member became. Needs only the store, and reads only a few MiB of it, unless the original is wanted.',
    )
    .argument('<partner>', 'partner id')
    .argument('<date>', 'business date, YYYY-MM-DD')
    .argument('<table>', 'a published table')
    .option('-r, --row <n>', 'data row of the table, from 1')
    .option('-b, --byte <offset>', 'the row this byte of the table belongs to, from 0')
    .option('-m, --member <name>', 'the other way round: the rows of this member')
    .option('-a, --archive <key>', 'with --member: look into this archive only')
    .option('--original', 'read the archive again, and show the row as it was sent')
    .action(
      verb(cli, (partner: string, date: string, table: string, options: TraceOptions) =>
        trace(cli, partner, date, table, options),
      ),
    );
}

async function trace(
  cli: Cli,
  partner: string,
  date: string,
  name: string,
  options: TraceOptions,
): Promise<ExitCode> {
  const asked = [options.row, options.byte, options.member].filter((option) => option !== undefined);
  if (asked.length !== 1) throw usageError('say what to trace with one of --row, --byte and --member');
  if (options.original && options.member !== undefined) throw usageError('--original needs --row or --byte');
  if (options.archive !== undefined && options.member === undefined)
    throw usageError('--archive needs --member');
  const layout = await cli.day(partner, date);
  const { readPublishedRows } = await import('../../ingest/trace/published-rows.js');
  const table = await readPublishedRows(await cli.store(), layout, parseTable(name), { signal: cli.signal });
  return options.member === undefined
    ? printRow(cli, table, options)
    : printMember(cli, table, options.member, options.archive);
}

async function printRow(cli: Cli, table: PublishedRows, options: TraceOptions): Promise<ExitCode> {
  const { rowAtByte, traceRow } = await import('../../ingest/trace/trace-row.js');
  const { rowJson, rowText } = await import('../trace/trace-text.js');
  const row = async () =>
    options.row === undefined
      ? rowAtByte(table, numberOf('--byte', options.byte!))
      : numberOf('--row', options.row);
  const traced = await row()
    .then((number) => traceRow(table, number))
    .catch((error: unknown) => explainExpired(table, error));
  const original = options.original ? await originalOf(table, traced) : undefined;
  cli.print({
    json: rowJson(table, traced, original),
    text: () => rowText(table, traced, cli.style, original),
  });
  if (!original && !traced.lineIsExact) {
    cli.note('too many lines before it gave no row to note them all; --original counts them');
  }
  return EXIT.ok;
}

/** @throws */
async function explainExpired(table: PublishedRows, error: unknown): Promise<never> {
  const { isSegment } = await import('../../ingest/retention/expired-segments.js');
  if (!(error instanceof ObjectNotFoundError) || !isSegment(table.layout, error.key)) throw error;
  throw new CliError(
    EXIT.incomplete,
    `the rows that table ${table.plan.table} was merged from have expired (retention.extractDays): ${error.message}`,
    'the next merge of the table reads its archives again, and then rows can be traced',
  );
}

async function originalOf(
  table: PublishedRows,
  traced: Parameters<typeof import('../../ingest/trace/original-row.js').readOriginalRow>[1],
) {
  const { pinnedRules } = await import('../../ingest/pinned-rules.js');
  const { readOriginalRow } = await import('../../ingest/trace/original-row.js');
  const { store, layout, call } = table;
  const rules = await pinnedRules(store, layout, traced.manifest.rulesId, call);
  return readOriginalRow(store, traced, rules, call);
}

async function printMember(
  cli: Cli,
  table: PublishedRows,
  name: string,
  archive: string | undefined,
): Promise<ExitCode> {
  const { traceMember } = await import('../../ingest/trace/trace-member.js');
  const { memberJson, memberText } = await import('../trace/trace-text.js');
  const members = await traceMember(table, name, archive);
  const json = members.map((member) => memberJson(table, member));
  cli.print({ json, lines: json, text: () => memberText(table, members, cli.style) });
  return EXIT.ok;
}

function numberOf(option: string, text: string): number {
  if (!/^\d{1,15}$/.test(text)) {
    throw usageError(`${option}: expected a whole number, received ${JSON.stringify(text)}`);
  }
  return Number(text);
}
