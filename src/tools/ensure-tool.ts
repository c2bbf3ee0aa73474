import { join } from 'node:path';
import { findOnPath, isExecutable, versionOf } from './executable.js';
import { withFileLock } from './file-lock.js';
import {
  announceOnStderr,
  type EnsureToolOptions,
  type FindToolOptions,
  type Tool,
  type ToolOrigin,
  ToolUnavailableError,
} from './tool.js';
import { toolsDirectory } from './tools-directory.js';

export interface ObtainContext {
  directory: string;
  announce: (line: string) => void;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/** One way to get the program: its path, or why that did not work. */
export type Obtain = (context: ObtainContext) => Promise<{ path: string } | { failed: string }>;

export interface ToolRecipe {
  binary: string;
  /** How people call it, e.g. `the Temporal server`. */
  title: string;
  /** Environment variable that names the executable. */
  variable: string;
  /** Makes it print its version and nothing else. Default: `--version`. */
  versionArgs?: readonly string[];
  /** Why this version will not do; `undefined` when it will. */
  refuse?: (version: string) => string | undefined;
  ways: readonly { origin: ToolOrigin; obtain: Obtain }[];
  advice: string;
}

/** Looks, without obtaining anything: the named one, the one on PATH, the one obtained earlier. */
export async function findTool(
  recipe: ToolRecipe,
  options: FindToolOptions = {},
): Promise<{ tool?: Tool; refused: string[] }> {
  const env = options.env ?? process.env;
  const directory = options.directory ?? toolsDirectory(env);
  const named = env[recipe.variable];
  if (named) {
    const found = await inspect(recipe, named, 'variable');
    if ('tool' in found) return { tool: found.tool, refused: [] };
    // Somebody chose this file: taking another one behind their back would hide the mistake.
    throw new ToolUnavailableError(
      recipe.title,
      [`${recipe.variable}=${named}: ${found.refused}`],
      `Correct or unset ${recipe.variable}.`,
    );
  }
  const refused: string[] = [];
  const onPath = await findOnPath(recipe.binary, env);
  const candidates: [string | undefined, ToolOrigin][] = [
    [onPath, 'path'],
    [join(directory, 'bin', recipe.binary), 'cache'],
  ];
  for (const [path, origin] of candidates) {
    if (!path || !(await isExecutable(path))) continue;
    const found = await inspect(recipe, path, origin);
    if ('tool' in found) return { tool: found.tool, refused };
    refused.push(`${path}: ${found.refused}`);
  }
  return { refused };
}

/**
 * Finds the program or obtains it, once per machine whatever the number of processes that ask.
 * @throws ToolUnavailableError
 */
export async function ensureTool(recipe: ToolRecipe, options: EnsureToolOptions = {}): Promise<Tool> {
  const env = options.env ?? process.env;
  const directory = options.directory ?? toolsDirectory(env);
  const announce = options.announce ?? announceOnStderr;
  const signal = options.signal ? { signal: options.signal } : {};
  const { tool } = await findTool(recipe, { directory, env });
  if (tool) return tool;
  return withFileLock(
    join(directory, `${recipe.binary}.lock`),
    async () => {
      const second = await findTool(recipe, { directory, env });
      if (second.tool) return second.tool;
      const tried = second.refused.length > 0 ? [...second.refused] : [`\`${recipe.binary}\` is not on PATH`];
      for (const { origin, obtain } of recipe.ways) {
        const result = await obtain({ directory, announce, env, ...signal });
        const found = 'path' in result ? await inspect(recipe, result.path, origin) : result;
        if ('tool' in found) return found.tool;
        tried.push('failed' in found ? found.failed : found.refused);
      }
      throw new ToolUnavailableError(recipe.title, tried, recipe.advice);
    },
    {
      onWait: (owner) =>
        announce(`waiting for process ${owner ?? '?'}, which is obtaining ${recipe.title} ...`),
      ...signal,
    },
  );
}

async function inspect(
  recipe: ToolRecipe,
  path: string,
  origin: ToolOrigin,
): Promise<{ tool: Tool } | { refused: string }> {
  const version = await versionOf(path, recipe.versionArgs);
  if (version === undefined) return { refused: 'it cannot be run' };
  const refused = recipe.refuse?.(version);
  if (refused) return { refused };
  return { tool: { name: recipe.binary, path, version, origin } };
}
