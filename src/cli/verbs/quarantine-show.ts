import { Command } from 'commander';
import type { QuarantinedItem } from '../../ingest/quarantine/quarantine.js';
import type { Cli } from '../cli.js';
import { CliError, usageError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Quarantine } from '../quarantine/open-quarantine.js';
import { verb } from './verb.js';

/** Bytes of a member or an archive that are shown; `--raw` gives all. */
const SHOWN_BYTES = 4 * 1024;

export function quarantineShowVerb(cli: Cli): Command {
  return new Command('show')
    .summary('the bytes of what was set aside')
    .description(
      'Shows one item of `quarantine list` with its bytes: a row as it was kept, a member or an archive as it stands in the landing prefix, pinned by its ETag. What could move a cursor is escaped, bytes that are no text are hexadecimal.',
    )
    .argument('<partner>', 'partner id')
    .argument('<date>', 'business date, YYYY-MM-DD')
    .argument('<id>', 'as `quarantine list` prints it')
    .option('--raw', 'nothing but the bytes, all of them')
    .action(
      verb(cli, (partner: string, date: string, id: string, options: { raw?: boolean }) =>
        show(cli, partner, date, id, options.raw ?? false),
      ),
    );
}

async function show(cli: Cli, partner: string, date: string, id: string, raw: boolean): Promise<ExitCode> {
  const { openQuarantine } = await import('../quarantine/open-quarantine.js');
  const { readItem } = await import('../quarantine/read-item.js');
  const quarantine = await openQuarantine(cli, await cli.day(partner, date));
  const item = await find(quarantine, id);
  if (raw) {
    const { writeAll } = await import('../output/write-all.js');
    await writeAll(cli.stdout, { [Symbol.asyncIterator]: () => readItem(quarantine, item, cli.signal) });
    return EXIT.ok;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of readItem(quarantine, item, cli.signal)) {
    chunks.push(Buffer.from(chunk));
    length += chunk.byteLength;
    if (item.kind !== 'row' && length >= SHOWN_BYTES) break;
  }
  const bytes = Buffer.concat(chunks);
  const shown = item.kind === 'row' ? bytes : bytes.subarray(0, SHOWN_BYTES);
  const whole = shown.byteLength === bytes.byteLength && (item.kind === 'row' || length < SHOWN_BYTES);
  const { itemJson } = await import('../quarantine/item-json.js');
  const { asJson, printable } = await import('../trace/printable.js');
  const { runId, workflowId, version } = quarantine.publication;
  cli.print({
    json: { ...itemJson(item), version, workflowId, runId, raw: { ...asJson(shown), whole } },
    text: () =>
      [
        `${cli.style('bold', item.id)}  ${item.kind}, ${item.code}: ${item.detail}`,
        `  archive  ${item.archive.key}  (ETag ${item.archive.etag})`,
        ...(item.member === undefined ? [] : [`  member   ${item.member}${placeText(item)}`]),
        `  bytes    ${printable(shown, SHOWN_BYTES)}${whole ? '' : ' … (--raw gives all)'}`,
      ].join('\n'),
  });
  return EXIT.ok;
}

function placeText({ row, line, offset }: QuarantinedItem): string {
  const parts = [
    ...(row === undefined ? [] : [`row ${row}`]),
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(offset === undefined ? [] : [`byte ${offset}`]),
  ];
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`;
}

async function find({ items, layout }: Quarantine, id: string): Promise<QuarantinedItem> {
  const [, archiveId] = /^([0-9a-f]{12})(?:\.[mr]\d+)?$/.exec(id) ?? [];
  if (archiveId === undefined) {
    throw usageError(
      `${JSON.stringify(id)} is no id of the quarantine: expected 12 hexadecimal digits, then .m or .r and a number`,
    );
  }
  for await (const item of items(archiveId)) if (item.id === id) return item;
  const { partner, date } = layout;
  throw new CliError(
    EXIT.usage,
    `${partner} ${date} has nothing set aside as ${id}`,
    `partnerday quarantine list ${partner} ${date}`,
  );
}
