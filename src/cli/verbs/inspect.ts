import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { Command } from 'commander';
import type { PartnerConfig } from '../../config/partner-config.js';
import type { Rules } from '../../config/rules.js';
import type { Cli } from '../cli.js';
import { usageError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { verb } from './verb.js';

interface InspectCliOptions {
  partner?: string;
  namePattern?: string;
}

export function inspectVerb(cli: Cli): Command {
  return new Command('inspect')
    .summary('what is in this archive or CSV, and would it load')
    .description(
      'Reads one archive (.tar.gz) or one CSV as extraction would, writes nothing, and says what would become of it. Needs no server, and the store only for a key. Ends with 0 when it is accepted, with 1 when it is refused.',
    )
    .argument('<file|key>', 'a file, or the key of an object in the store')
    .option('-p, --partner <id>', 'by the rules of this partner (default: the default rules)')
    .option(
      '--name-pattern <pattern>',
      "names of members, as `members.pattern`; '*' takes any name, and its stem for the table",
    )
    .action(verb(cli, (name: string, options: InspectCliOptions) => inspectFile(cli, name, options)));
}

async function inspectFile(cli: Cli, name: string, options: InspectCliOptions): Promise<ExitCode> {
  // A heap that grows by less and is cleaned more often: 100,000 members stay well within 256 MiB.
  setFlagsFromString('--heap-growing-percent=20');
  const rules = await rulesFor(cli, options);
  const file = await openFile(cli, name);
  const { inspect } = await import('../../ingest/extraction/inspect.js');
  const { LiveView } = await import('../output/live-view.js');
  const { percent, size } = await import('../output/format.js');
  const view = new LiveView(cli.stderr);
  const inspection = await inspect({
    name,
    ...file,
    rules,
    anyName: options.namePattern === '*',
    onProgress: ({ bytes }) =>
      view.update({
        lines: [`reading ${name}: ${size(bytes)} (${percent(file.bytes === 0 ? 1 : bytes / file.bytes)})`],
        changes: [],
      }),
  });
  view.update({ lines: [], changes: [] });
  const { inspectedMembers, inspectionJson } = await import('../inspect/inspection-json.js');
  const { inPieces, writeAll } = await import('../output/write-all.js');
  if (cli.options.output === 'json') await writeAll(cli.stdout, inPieces(inspectionJson(name, inspection)));
  else if (cli.options.output === 'jsonl') {
    await writeAll(cli.stdout, inPieces(lines(inspectedMembers(inspection))));
  } else {
    const { inspectionText } = await import('../inspect/inspection-text.js');
    cli.print({ json: inspection, text: () => inspectionText(name, inspection, cli.style) });
  }
  return inspection.verdict === 'accept' ? EXIT.ok : EXIT.incomplete;
}

function* lines(items: Iterable<unknown>): Generator<string> {
  for (const item of items) yield `${JSON.stringify(item)}\n`;
}

async function rulesFor(cli: Cli, { partner, namePattern }: InspectCliOptions): Promise<Rules> {
  const { rulesOf } = await import('../../config/rules-of.js');
  const { rules } = rulesOf(partner === undefined ? await defaults() : await cli.partner(partner));
  if (namePattern === undefined || namePattern === '*') return rules;
  return { ...rules, members: { ...rules.members, pattern: namePattern } };
}

async function defaults(): Promise<PartnerConfig> {
  const { partnerConfigSchema } = await import('../../config/partner-config.js');
  return partnerConfigSchema.parse({ id: 'inspected' });
}

interface OpenedFile {
  bytes: number;
  open(): AsyncIterable<Uint8Array>;
}

const CHUNK_BYTES = 256 * 1024;

/** What is on the disk comes first; a name that is not there is looked for in the store. */
async function openFile(cli: Cli, name: string): Promise<OpenedFile> {
  const found = await stat(name).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (found && !found.isFile()) throw usageError(`${name} is not a file`);
  if (found) {
    const open = () => createReadStream(name, { highWaterMark: CHUNK_BYTES, signal: cli.signal });
    return { bytes: found.size, open };
  }
  const store = await cli.store().catch((error: Error) => {
    throw usageError(`there is no file ${name}; nor could it be looked for in the store: ${error.message}`);
  });
  const info = await store.head(name, { signal: cli.signal });
  if (!info) throw usageError(`there is no file ${name}, and no such key in ${store.url}`);
  return {
    bytes: info.bytes,
    async *open() {
      yield* (await store.get(name, { ifMatch: info.etag, signal: cli.signal })).stream;
    },
  };
}
