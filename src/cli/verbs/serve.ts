import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { loadProject, type Project, partnerIds } from '../../config/load-project.js';
import { readUpRecord } from '../../config/up-record.js';
import type { Cli } from '../cli.js';
import { CliError, usageError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { DEFAULT_PORT } from '../serve/default-port.js';
import { verb } from './verb.js';

interface ServeOptions {
  host: string;
  port: string;
  rate: string;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|::1)$/;
const CONFIG_AGE_MS = 5_000;

export function serveVerb(cli: Cli): Command {
  return new Command('serve')
    .summary('the fleet page, and arrivals over HTTP')
    .description(
      'Serves a page with every partner’s last 30 days, and takes arrivals: POST /v1/partners/{partner}/days/{date}/arrivals with the partner’s token (PARTNERDAY_TOKEN_ACME), S3 events with PARTNERDAY_EVENTS_TOKEN; /openapi.json tells more. PARTNERDAY_VIEW_TOKEN guards reading. Runs until it is told to stop.',
    )
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on', String(DEFAULT_PORT))
    .addOption(
      new Option('--rate <n>', 'requests a minute for each partner').env('PARTNERDAY_RATE').default('120'),
    )
    .action(verb(cli, (options: ServeOptions) => serve(cli, options)));
}

async function serve(cli: Cli, options: ServeOptions): Promise<ExitCode> {
  const port = wholeNumber('--port', options.port, 0, 65_535);
  const ratePerMinute = wholeNumber('--rate', options.rate, 1, 1_000_000);
  const { host } = options;
  const project = await cli.project();
  await cli.warnOfProblems();
  const store = await cli.store();
  const { AccessTokens } = await import('../serve/access-tokens.js');
  const tokens = new AccessTokens(cli.env);
  if (!LOOPBACK.test(host) && !tokens.guardsReading) {
    cli.note(
      cli.noteStyle('yellow', `everyone who reaches ${host} may read the pages: set PARTNERDAY_VIEW_TOKEN`),
    );
  }
  const { lazyTemporal } = await import('../temporal/connect.js');
  const { startServer } = await import('../serve/start-server.js');
  const { pino } = await import('pino');
  const temporal = await lazyTemporal(cli);
  const log = pino(
    { level: cli.env.PARTNERDAY_LOG_LEVEL ?? 'info' },
    pino.destination({ dest: 2, sync: true }),
  );
  const current = currentProject(project);
  try {
    const server = await startServer(
      {
        store,
        temporal: temporal.client,
        namespace: temporal.namespace,
        partners: async () => (await current()).partners,
        partnerIds: () => partnerIds(project.dir),
        uiUrl: async () => (await readUpRecord(project.dir))?.ui.url ?? project.settings.ui.url,
        tokens,
        ratePerMinute,
        log,
      },
      { host, port, version: packageVersion(), ...probePort(cli.env) },
    ).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
      throw new CliError(
        EXIT.unreachable,
        `cannot listen on ${host}:${port}: ${error.code}`,
        'choose another --port',
      );
    });
    log.info({ url: server.url, store: store.url, temporal: temporal.address }, 'serving');
    cli.note(`Partnerday is at ${server.url} (Ctrl-C stops it)`);
    await untilAborted(cli.signal);
    await server.stop();
    log.info('stopped');
    return EXIT.ok;
  } finally {
    await temporal.close();
  }
}

/** Partners are added while the server runs. Settings that are broken meanwhile change nothing. */
function currentProject(first: Project): () => Promise<Project> {
  let known = first;
  let readAt = Date.now();
  return async () => {
    if (Date.now() - readAt < CONFIG_AGE_MS) return known;
    readAt = Date.now();
    known = await loadProject(first.dir).catch(() => known);
    return known;
  };
}

function probePort(env: NodeJS.ProcessEnv): { probePort?: number } {
  const port = Number(env.PARTNERDAY_PROBE_PORT);
  return port > 0 ? { probePort: port } : {};
}

function packageVersion(): string {
  const file = new URL('../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw usageError(
    `${name}: expected a whole number from ${least} to ${most}, received ${JSON.stringify(text)}`,
  );
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
