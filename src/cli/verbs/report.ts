import { spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { codeVersion } from '../../config/code-version.js';
import type { PartnerConfig } from '../../config/partner-config.js';
import { parseBusinessDate } from '../../ingest/layout.js';
import { listDays } from '../../ingest/publication/list-days.js';
import { gatherReport } from '../../report/gather-report.js';
import { renderPage } from '../../report/page.js';
import { renderPartnerPage } from '../../report/partner/partner-page.js';
import { gatherPartnerReport } from '../../report/partner/partner-report.js';
import { partnerReportJson, writePartnerReport } from '../../report/partner/write-partner-report.js';
import { PERIODS, type PeriodKind, periodOf } from '../../report/period.js';
import { focusOf } from '../../report/report.js';
import { reportJson } from '../../report/report-json.js';
import { reportMarkdown } from '../../report/report-markdown.js';
import { verdictOf } from '../../report/sections/verdict.js';
import { writeReport } from '../../report/write-report.js';
import type { Cli } from '../cli.js';
import { CliError, usageError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { webLink } from '../temporal/web-link.js';
import { verb } from './verb.js';

interface ReportOptions {
  for?: 'partner';
  period: PeriodKind;
  date?: string;
  open?: boolean;
}

export function reportVerb(cli: Cli): Command {
  return new Command('report')
    .summary('a page about a day, a week or a month')
    .description(
      'Makes a report from the store alone, writes it there as a page, as Markdown and as JSON, and prints it with -o html, -o md or -o json.',
    )
    .argument('<partner>', 'partner id')
    .addOption(new Option('--period <period>', 'what it is about').choices([...PERIODS]).default('day'))
    .option('--date <date>', 'any date of the period, YYYY-MM-DD (default: the newest day there is)')
    .addOption(
      new Option(
        '--for <whom>',
        'for the partner: gaps, worst members, a small archive for each fault',
      ).choices(['partner']),
    )
    .option('--open', 'show the page in a browser')
    .action(verb(cli, (partner: string, options: ReportOptions) => report(cli, partner, options)));
}

async function report(cli: Cli, partner: string, options: ReportOptions): Promise<ExitCode> {
  const config = await cli.partner(partner);
  const store = await cli.store();
  const date =
    options.date === undefined ? (await listDays(store, partner, 1))[0] : parseBusinessDate(options.date);
  if (date === undefined)
    throw new CliError(
      EXIT.usage,
      `nothing of ${partner} is in the store yet`,
      `partnerday run ${partner} YYYY-MM-DD --wait`,
    );
  if (options.for === 'partner') return reportForPartner(cli, config, date, options);
  const { loadConnection } = await import('../../workers/connection.js');
  const { namespace } = await loadConnection((await cli.project()).dir, cli.env);
  const made = await gatherReport({
    store,
    config,
    period: periodOf(options.period, date),
    workflowUrl: (workflowId, runId) => webLink(cli, namespace, workflowId, runId),
    codeVersion: codeVersion(),
    now: new Date(),
  });
  if (focusOf(made) === undefined)
    throw new CliError(
      EXIT.usage,
      `nothing of ${partner} is published between ${made.period.from} and ${made.period.to}`,
      `partnerday status ${partner}`,
    );
  const keys = await writeReport(store, made);
  if (cli.options.output === 'html') cli.stdout.write(renderPage(made));
  else if (cli.options.output === 'md') cli.stdout.write(reportMarkdown(made));
  else {
    const { score, headline, detail } = verdictOf(made);
    cli.print({
      json: reportJson(made),
      text: () =>
        [
          `${cli.style('bold', `${partner} ${made.period.id}`)}  score ${score ?? '-'}, ${headline}`,
          detail,
          '',
          ...Object.values(keys).map((key) => `  ${placeOf(store.url, key)}`),
        ].join('\n'),
    });
  }
  if (options.open) await open(cli, await localFile(store.url, keys.html, renderPage(made)));
  return EXIT.ok;
}

/** For a day: the page goes to somebody else, and what is in it was masked as the configuration says. */
async function reportForPartner(
  cli: Cli,
  config: PartnerConfig,
  date: string,
  options: ReportOptions,
): Promise<ExitCode> {
  if (options.period !== 'day')
    throw usageError(`--for partner is about one day; it cannot be combined with --period ${options.period}`);
  if (cli.options.output === 'md')
    throw usageError('--for partner has no Markdown: expected html, json or table');
  const store = await cli.store();
  const made = await gatherPartnerReport({
    store,
    config,
    date,
    codeVersion: codeVersion(),
    now: new Date(),
    call: { signal: cli.signal },
  });
  const { html, samples } = await writePartnerReport(store, made);
  if (cli.options.output === 'html') cli.stdout.write(renderPartnerPage(made));
  else
    cli.print({
      json: partnerReportJson(made, samples),
      text: () => [html, ...Object.values(samples)].map((key) => placeOf(store.url, key)).join('\n'),
    });
  if (options.open) await open(cli, await localFile(store.url, html, renderPartnerPage(made)));
  return EXIT.ok;
}

function placeOf(storeUrl: string, key: string): string {
  const url = `${storeUrl.replace(/\/+$/, '')}/${key}`;
  return storeUrl.startsWith('file:') ? fileURLToPath(url) : url;
}

/** A page in a bucket is opened from a copy. */
async function localFile(storeUrl: string, key: string, page: string): Promise<string> {
  if (storeUrl.startsWith('file:')) return placeOf(storeUrl, key);
  const path = join(await mkdtemp(join(tmpdir(), 'partnerday-report-')), basename(key));
  await writeFile(path, page);
  return path;
}

async function open(cli: Cli, path: string): Promise<void> {
  const [command, ...args] = (
    { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] } as Record<string, string[]>
  )[process.platform] ?? ['xdg-open'];
  const child = spawn(command!, [...args, path], { detached: true, stdio: 'ignore' });
  await new Promise<void>((resolve) => {
    child.once('error', () => {
      cli.note(`no browser could be started; the page is ${path}`);
      resolve();
    });
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
  });
}
