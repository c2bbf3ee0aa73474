import { Command } from 'commander';
import { CANONICAL, compareTables, type TableSource } from '../../compare/compare-tables.js';
import { legacyTables } from '../../compare/legacy-tables.js';
import type { TableComparison } from '../../compare/table-comparison.js';
import { dialectSchema } from '../../config/rules.js';
import { parseTable } from '../../ingest/layout.js';
import { NotPublishedError, requirePublication } from '../../ingest/publication/pointer.js';
import type { PublishedTable } from '../../ingest/publication/publication.js';
import type { ObjectStore } from '../../store/object-store.js';
import type { Cli } from '../cli.js';
import { CliError, usageError } from '../cli-error.js';
import { type Compared, compareText } from '../compare/compare-text.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { count, plural } from '../output/format.js';
import { LiveView } from '../output/live-view.js';
import { verb } from './verb.js';

interface CompareOptions {
  with: string;
  table?: string;
  key?: string;
  delimiter?: string;
  encoding?: string;
  scratch?: string;
}

export function compareVerb(cli: Cli): Command {
  return new Command('compare')
    .summary('compare published tables with another pipeline’s')
    .description(
      'Compares the published tables of a partner-day with what another pipeline made of the same drop: rows, columns, and values by key, whatever the order of rows and columns. Memory does not grow with the tables; --scratch needs about as much room as they take. Exit code 1: they differ.',
    )
    .argument('<partner>', 'partner id')
    .argument('<date>', 'business date, YYYY-MM-DD')
    .requiredOption(
      '-w, --with <key|prefix>',
      'one table, or a prefix with {table}.csv or {table}/*.csv below it (.gz too); s3://bucket/key and file:///path name another store',
    )
    .option('-t, --table <table>', 'only this table')
    .option(
      '-k, --key <columns>',
      'columns that identify a row, separated by commas (default: whole rows are matched)',
    )
    .option('--delimiter <character>', 'of the other pipeline’s files', ',')
    .option('--encoding <name>', 'of the other pipeline’s files', 'utf-8')
    .option('--scratch <dir>', 'where rows are put aside (default: the system’s)')
    .action(
      verb(cli, (partner: string, date: string, options: CompareOptions) =>
        compare(cli, partner, date, options),
      ),
    );
}

async function compare(cli: Cli, partner: string, date: string, options: CompareOptions): Promise<ExitCode> {
  const layout = await cli.day(partner, date);
  if (options.table !== undefined) parseTable(options.table);
  const key = (options.key ?? '').split(',').filter((column) => column !== '');
  const store = await cli.store();
  const publication = await requirePublication(store, layout, { signal: cli.signal }).catch(
    (error: unknown) => {
      if (!(error instanceof NotPublishedError)) throw error;
      throw new CliError(EXIT.usage, error.message, `partnerday run ${partner} ${date} --wait`);
    },
  );
  const other = await otherStore(cli, store, options.with);
  const view = new LiveView(cli.stderr);
  try {
    const legacy = await legacyTables(other.store, other.place, legacyDialect(options));
    const pairs = pairTables(publication.tables, legacy, options);
    const tables: Compared[] = [];
    for (const { table, published, theirs } of pairs) {
      if (!published?.key || !theirs) {
        tables.push({ table, same: false, onlyOn: published?.key ? 'published' : 'legacy' });
        continue;
      }
      const onProgress = (side: string, rows: number) =>
        view.update({ lines: [`reading ${table} (${side}): ${count(rows)} rows`], changes: [] });
      const { signal } = cli;
      const sources = { published: publishedSource(store, published), legacy: theirs };
      tables.push(await compareTables(sources, { table, key, scratch: options.scratch, signal, onProgress }));
    }
    view.update({ lines: [], changes: [] });
    return report(cli, { partner, date, version: publication.version, tables });
  } finally {
    if (other.store !== store) await other.store.close();
  }
}

interface Pair {
  table: string;
  published: PublishedTable | undefined;
  theirs: TableSource | undefined;
}

/** Every table either side has, or the one asked for. */
function pairTables(
  published: readonly PublishedTable[],
  { byTable, single }: Awaited<ReturnType<typeof legacyTables>>,
  { table, with: place }: CompareOptions,
): Pair[] {
  const known = new Map(published.map((entry) => [entry.table, entry]));
  if (single) {
    const stem = place.slice(place.lastIndexOf('/') + 1).replace(/\.csv(?:\.gz)?$/, '');
    const name = table ?? (known.has(stem) ? stem : undefined);
    if (name === undefined) throw usageError(`${place} is one object: say which table it is with --table`);
    if (!known.has(name)) throw unknownTable(name, known);
    return [{ table: name, published: known.get(name), theirs: single }];
  }
  const names = table === undefined ? [...new Set([...known.keys(), ...byTable.keys()])].sort() : [table];
  if (table !== undefined && !known.has(table) && !byTable.has(table)) throw unknownTable(table, known);
  return names.map((name) => ({ table: name, published: known.get(name), theirs: byTable.get(name) }));
}

function unknownTable(table: string, known: ReadonlyMap<string, unknown>): CliError {
  return usageError(
    `there is no table ${JSON.stringify(table)}: expected one of ${[...known.keys()].join(', ')}`,
  );
}

function publishedSource(store: ObjectStore, { key, bytes = 0, etag }: PublishedTable): TableSource {
  const open = async () => (await store.get(key!, etag === undefined ? {} : { ifMatch: etag })).stream;
  return { dialect: CANONICAL, parts: [{ name: key!, bytes, open }] };
}

/** A key of our store, or the address of an object or prefix in another one. */
async function otherStore(
  cli: Cli,
  store: ObjectStore,
  place: string,
): Promise<{ store: ObjectStore; place: string }> {
  const match = /^(s3:\/\/[^/]+|file:\/\/)\/(.*)$/s.exec(place);
  if (!match) return { store, place };
  const [, root, key] = match as unknown as [string, string, string];
  const { env } = await cli.resolvedStore();
  const { openStore } = await import('../../store/open-store.js');
  const opened = await openStore(root === 'file://' ? 'file:///' : root, env);
  await opened.check();
  return { store: opened, place: key };
}

function legacyDialect({ delimiter, encoding }: CompareOptions) {
  const parsed = dialectSchema.safeParse({ delimiter: delimiter === '\\t' ? '\t' : delimiter, encoding });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw usageError(`--${String(issue!.path[0])}: ${issue!.message}`);
}

function report(
  cli: Cli,
  day: { partner: string; date: string; version: number; tables: readonly Compared[] },
): ExitCode {
  const { tables } = day;
  const differing = tables.filter(({ same }) => !same).length;
  cli.print({
    json: { ...day, same: differing === 0 },
    lines: tables,
    text: () => compareText(tables, cli.style),
  });
  if (differing === 0) {
    const rows = tables.reduce((total, one) => total + (one as TableComparison).rows.published, 0);
    cli.note(`${plural(tables.length, 'table')} and ${plural(rows, 'row')} are the same on both sides`);
    return EXIT.ok;
  }
  cli.note(`${differing} of ${plural(tables.length, 'table')} differ; -o json has all figures`);
  return EXIT.incomplete;
}
