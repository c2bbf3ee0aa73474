import { basename, dirname, resolve } from 'node:path';
import { Command } from 'commander';
import { type ConfigProblem, InvalidConfigError, renderProblem } from '../../config/config-problem.js';
import { loadPartner, loadProject, SETTINGS_FILE } from '../../config/load-project.js';
import type { Cli } from '../cli.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { plural } from '../output/format.js';
import { verb } from './verb.js';

export function validateVerb(cli: Cli): Command {
  return new Command('validate')
    .summary('check the configuration, offline')
    .description(
      'Checks partnerday.yaml and partners/*.yaml, or the partner files given. Every problem names file, line and column.',
    )
    .argument('[file...]', 'partner files')
    .action(verb(cli, (files: string[]) => validate(cli, files)));
}

async function validate(cli: Cli, files: string[]): Promise<ExitCode> {
  const { problems, partners } = files.length > 0 ? await validateFiles(files) : await validateProject(cli);
  cli.print({
    json: { ok: problems.length === 0, partners, problems },
    lines: problems,
    text: () =>
      problems.length === 0
        ? `ok: ${plural(partners.length, 'partner')}${partners.length > 0 ? ` (${partners.join(', ')})` : ''}`
        : problems.map(renderProblem).join('\n'),
  });
  if (problems.length === 0) return EXIT.ok;
  cli.note(`${cli.noteStyle('red', 'error:')} ${plural(problems.length, 'problem')} found`);
  return EXIT.usage;
}

interface Validated {
  partners: string[];
  problems: readonly ConfigProblem[];
}

async function validateProject(cli: Cli): Promise<Validated> {
  try {
    const { partners, problems } = await cli.project();
    return { partners: [...partners.keys()], problems };
  } catch (error) {
    if (!(error instanceof InvalidConfigError)) throw error;
    return { partners: [], problems: error.problems };
  }
}

async function validateFiles(files: string[]): Promise<Validated> {
  const partners: string[] = [];
  const problems: ConfigProblem[] = [];
  for (const file of files) {
    const path = resolve(file);
    if (basename(path) === SETTINGS_FILE) {
      try {
        await loadProject(dirname(path));
      } catch (error) {
        if (!(error instanceof InvalidConfigError)) throw error;
        problems.push(...error.problems);
      }
      continue;
    }
    const loaded = await loadPartner(path);
    problems.push(...loaded.problems);
    if (loaded.config) partners.push(loaded.config.id);
  }
  return { partners, problems };
}
