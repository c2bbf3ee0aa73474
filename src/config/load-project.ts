import { readdir, readFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { type ConfigProblem, InvalidConfigError } from './config-problem.js';
import { crossCheck } from './cross-checks.js';
import { parseYaml } from './parse-yaml.js';
import { type PartnerConfig, partnerConfigSchema } from './partner-config.js';
import { type ProjectSettings, projectSettingsSchema } from './project-settings.js';
import { withSchemaFile } from './schema-file.js';

export const SETTINGS_FILE = 'partnerday.yaml';
export const PARTNERS_DIRECTORY = 'partners';

export interface Project {
  /** Absolute. */
  dir: string;
  settings: ProjectSettings;
  /** Partners whose configuration can be used, in order of id. */
  partners: Map<string, PartnerConfig>;
  /** A partner with problems is missing from `partners`; the others are not touched by it. */
  problems: ConfigProblem[];
}

/**
 * Reads `partnerday.yaml` (optional) and `partners/*.yaml` of a directory.
 * @throws InvalidConfigError when the directory, or `partnerday.yaml`, cannot be used at all
 */
export async function loadProject(dir: string): Promise<Project> {
  const root = resolve(dir);
  const names = await partnerFiles(root);
  const settings = await loadSettings(root);
  const partners = new Map<string, PartnerConfig>();
  const problems: ConfigProblem[] = [];
  for (const name of names) {
    const loaded = await loadPartner(join(root, PARTNERS_DIRECTORY, name));
    problems.push(...loaded.problems);
    const { config } = loaded;
    if (!config) continue;
    if (partners.has(config.id)) {
      problems.push(
        loaded.problemAt(['id'], `expected one file per partner, received a second ${config.id}`),
      );
    } else partners.set(config.id, config);
  }
  return { dir: root, settings, partners, problems };
}

export interface LoadedPartner {
  config?: PartnerConfig;
  problems: ConfigProblem[];
  problemAt: (path: readonly PropertyKey[], message: string) => ConfigProblem;
}

/** One partner's file, all checks included. Never throws for what the file contains. */
export async function loadPartner(path: string): Promise<LoadedPartner> {
  const file = displayPath(path);
  const text = await readText(path);
  if (typeof text !== 'string') {
    return { problems: [text], problemAt: (_path, message) => ({ ...text, message }) };
  }
  const { value, problems, problemAt } = parseYaml(file, text, partnerConfigSchema);
  if (!value) return { problems, problemAt };
  const found = crossCheck(value).map((problem) => problemAt(problem.path, problem.message));
  const expected = /([^/\\]+)\.ya?ml$/.exec(path)?.[1];
  if (expected !== undefined && value.id !== expected) {
    found.push(
      problemAt(
        ['id'],
        `expected ${JSON.stringify(expected)} (the file's name), received ${JSON.stringify(value.id)}`,
      ),
    );
  }
  const config = await withSchemaFile(path, value);
  if ('message' in config) found.push(problemAt(config.path, config.message));
  return found.length > 0 || 'message' in config
    ? { problems: found, problemAt }
    : { config, problems: [], problemAt };
}

async function loadSettings(root: string): Promise<ProjectSettings> {
  const path = join(root, SETTINGS_FILE);
  const text = await readText(path, true);
  if (text === undefined) return projectSettingsSchema.parse({});
  if (typeof text !== 'string') throw new InvalidConfigError([text]);
  const { value, problems } = parseYaml(displayPath(path), text, projectSettingsSchema);
  if (!value) throw new InvalidConfigError(problems);
  return value;
}

/** Ids of the partners that have a file, whether it can be used or not. */
export async function partnerIds(dir: string): Promise<string[]> {
  return (await partnerFiles(resolve(dir))).map((name) => name.replace(/\.ya?ml$/, ''));
}

async function partnerFiles(root: string): Promise<string[]> {
  try {
    const names = await readdir(join(root, PARTNERS_DIRECTORY));
    return names.filter((name) => /\.ya?ml$/.test(name) && !name.startsWith('.')).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(root, error);
  }
  try {
    await readdir(root);
    return [];
  } catch (error) {
    throw unreadable(root, error);
  }
}

function unreadable(root: string, error: unknown): InvalidConfigError {
  const file = displayPath(root);
  const { code, message } = error as NodeJS.ErrnoException;
  const text = code === 'ENOENT' ? 'no such directory' : message;
  return new InvalidConfigError([
    { file, line: 1, column: 1, path: '', message: `expected a configuration directory, received: ${text}` },
  ]);
}

async function readText(path: string): Promise<string | ConfigProblem>;
async function readText(path: string, optional: true): Promise<string | ConfigProblem | undefined>;
async function readText(path: string, optional = false): Promise<string | ConfigProblem | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (optional && code === 'ENOENT') return undefined;
    const text = code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'a directory' : message;
    return {
      file: displayPath(path),
      line: 1,
      column: 1,
      path: '',
      message: `expected a file, received: ${text}`,
    };
  }
}

/** Relative to the working directory where it lies below it, as editors and terminals link it. */
export function displayPath(path: string): string {
  const short = relative(process.cwd(), path);
  if (short === '') return '.';
  return short.startsWith('..') || isAbsolute(short) ? path : short;
}
