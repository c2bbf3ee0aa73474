import { Command } from 'commander';
import { NotPublishedError } from '../../ingest/publication/pointer.js';
import { type VerifiedTable, verifyDay } from '../../ingest/publication/verify-day.js';
import { crc32Hex } from '../../store/crc32-hex.js';
import type { Cli } from '../cli.js';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { count, percent, size } from '../output/format.js';
import { LiveView } from '../output/live-view.js';
import { renderTable } from '../output/table.js';
import { verb } from './verb.js';

export function verifyVerb(cli: Cli): Command {
  return new Command('verify')
    .summary('read the published tables again and compare')
    .description(
      'Reads every published table of a partner-day again and compares rows, bytes and CRC32 with the publication, the merge and the ledger. Needs only the store.',
    )
    .argument('<partner>', 'partner id')
    .argument('<date>', 'business date, YYYY-MM-DD')
    .action(verb(cli, (partner: string, date: string) => verify(cli, partner, date)));
}

async function verify(cli: Cli, partner: string, date: string): Promise<ExitCode> {
  const layout = await cli.day(partner, date);
  const view = new LiveView(cli.stderr);
  const onProgress = ({ table, bytes, total }: { table: string; bytes: number; total: number }) =>
    view.update({
      lines: [
        `reading ${table}: ${size(bytes)} of ${size(total)} (${percent(total === 0 ? 1 : bytes / total)})`,
      ],
      changes: [],
    });
  const day = await verifyDay(await cli.store(), layout, { signal: cli.signal, onProgress }).catch(
    (error: unknown) => {
      if (!(error instanceof NotPublishedError)) throw error;
      throw new CliError(EXIT.usage, error.message, `partnerday run ${partner} ${date} --wait`);
    },
  );
  view.update({ lines: [], changes: [] });
  cli.print({ json: day, lines: day.tables, text: () => text(cli, day.tables) });
  if (day.ok) {
    cli.note(`${partner} ${date} v${day.version}: every published table is as it was published`);
    return EXIT.ok;
  }
  cli.note(
    `${cli.noteStyle('red', 'error:')} ${partner} ${date} v${day.version}: published bytes were changed`,
  );
  cli.note(
    'The segments they were made of are kept. Move the changed objects away, then: ' +
      `partnerday run ${partner} ${date} --wait`,
  );
  return EXIT.incomplete;
}

function text(cli: Cli, tables: readonly VerifiedTable[]): string {
  return renderTable<VerifiedTable>(
    [
      { title: 'table', value: ({ table }) => table },
      {
        title: 'verified',
        value: ({ key, differences }) =>
          key === undefined
            ? 'nothing published'
            : differences.length === 0
              ? cli.style('green', 'ok')
              : cli.style('red', 'differs'),
      },
      { title: 'rows', value: ({ rows }) => (rows === undefined ? '' : count(rows)), align: 'right' },
      { title: 'bytes', value: ({ bytes }) => (bytes === undefined ? '' : size(bytes)), align: 'right' },
      {
        title: 'crc32',
        value: ({ crc32 }) => (crc32 === undefined ? '' : crc32Hex(crc32)),
      },
      { title: 'differences', value: ({ differences }) => differences.join('; ') },
    ],
    tables,
  );
}
