import type { Writable } from 'node:stream';
import { InvalidConfigError, renderProblem } from '../config/config-problem.js';
import { loadProject, type Project, partnerIds } from '../config/load-project.js';
import { nearest } from '../config/nearest.js';
import type { PartnerConfig } from '../config/partner-config.js';
import { type ResolvedStore, resolveStore } from '../config/resolve-store.js';
import { PartnerDayLayout, parsePartner } from '../ingest/layout.js';
import { StoreUnreachableError } from '../store/errors.js';
import type { ObjectStore } from '../store/object-store.js';
import { CliError, usageError } from './cli-error.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { type ColorMode, type Style, styleFor } from './output/style.js';

export type OutputFormat = 'table' | 'json' | 'jsonl' | 'html' | 'md';

export interface GlobalOptions {
  config: string;
  output: OutputFormat;
  color: ColorMode;
}

type Terminal = Writable & { isTTY?: boolean; columns?: number; rows?: number };

/** What every verb works with: where to write, what was asked globally, and the project, opened when first needed. */
export class Cli {
  options: GlobalOptions = { config: '.', output: 'table', color: 'auto' };
  exitCode: ExitCode = EXIT.ok;
  #project: Promise<Project> | undefined;
  #store: Promise<ObjectStore> | undefined;

  constructor(
    readonly stdout: Terminal,
    readonly stderr: Terminal,
    readonly env: NodeJS.ProcessEnv,
    /** Aborted by Ctrl-C and SIGTERM. */
    readonly signal: AbortSignal,
  ) {}

  get style(): Style {
    return styleFor(this.stdout, this.options.color, this.env);
  }

  get noteStyle(): Style {
    return styleFor(this.stderr, this.options.color, this.env);
  }

  /** Data, in the format asked for. `lines`: the items of a list, for jsonl. */
  print(data: { json: unknown; lines?: readonly unknown[]; text: () => string }): void {
    const { output } = this.options;
    if (output === 'json') this.stdout.write(`${JSON.stringify(data.json, null, 2)}\n`);
    else if (output === 'jsonl') {
      for (const line of data.lines ?? [data.json]) this.stdout.write(`${JSON.stringify(line)}\n`);
    } else this.stdout.write(`${data.text()}\n`);
  }

  /** Progress and remarks: never data. */
  note(line: string): void {
    this.stderr.write(`${line}\n`);
  }

  project(): Promise<Project> {
    this.#project ??= loadProject(this.options.config);
    return this.#project;
  }

  async resolvedStore(): Promise<ResolvedStore> {
    return resolveStore(await this.project(), this.env);
  }

  /** Opened once; `check()`ed, so that an unreachable store is one clear message. */
  store(): Promise<ObjectStore> {
    this.#store ??= this.#openStore();
    return this.#store;
  }

  async close(): Promise<void> {
    const store = await this.#store?.catch(() => undefined);
    await store?.close();
  }

  /** The partner's configuration; a partner with problems cannot be worked with. */
  async partner(id: string): Promise<PartnerConfig> {
    const project = await this.project();
    const partner = project.partners.get(parsePartner(id));
    if (partner) return partner;
    const problems = project.problems.filter(({ file }) => isFileOf(file, id));
    if (problems.length > 0) throw new InvalidConfigError(problems);
    throw await this.#unknownPartner(id);
  }

  /** Keys of a partner-day, for verbs that only read: the partner's file need not be without problems. */
  async day(partner: string, date: string): Promise<PartnerDayLayout> {
    const layout = new PartnerDayLayout(partner, date);
    await this.knownPartner(partner);
    return layout;
  }

  async knownPartner(id: string): Promise<void> {
    const { dir } = await this.project();
    if (!(await partnerIds(dir)).includes(parsePartner(id))) throw await this.#unknownPartner(id);
  }

  /** Tells about the partners a bad file excludes, on stderr, without stopping. */
  async warnOfProblems(): Promise<void> {
    for (const problem of (await this.project()).problems) {
      this.note(this.noteStyle('yellow', `left out: ${renderProblem(problem)}`));
    }
  }

  async #openStore(): Promise<ObjectStore> {
    const { url, env, from } = await this.resolvedStore();
    const { openStore } = await import('../store/open-store.js');
    const store = await openStore(url, env);
    try {
      await store.check();
    } catch (error) {
      if (!(error instanceof StoreUnreachableError)) throw error;
      const next = url.startsWith('file:')
        ? 'partnerday up (creates it), or set PARTNERDAY_STORE'
        : 'partnerday doctor';
      throw new CliError(EXIT.unreachable, `${error.message} (it is named by ${from})`, next, {
        cause: error,
      });
    }
    return store;
  }

  async #unknownPartner(id: string): Promise<Error> {
    const { dir } = await this.project();
    const known = await partnerIds(dir);
    const near = nearest(id, known);
    const list = known.length > 0 ? `known are ${known.join(', ')}` : `${dir} has none yet`;
    return usageError(
      `unknown partner ${JSON.stringify(id)}: ${list}${near ? ` (did you mean ${near}?)` : ''}`,
      `partnerday partner add ${id}`,
    );
  }
}

function isFileOf(file: string, partner: string): boolean {
  return new RegExp(`(^|[/\\\\])${partner}\\.ya?ml$`).test(file);
}
