import { spawnSync } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Cli } from '../../../src/cli/cli.js';
import { renderCompletion } from '../../../src/cli/completion/render-completion.js';
import { buildProgram } from '../../../src/cli/program.js';

const cli = new Cli(new PassThrough(), new PassThrough(), {}, new AbortController().signal);
const program = buildProgram(cli, 'partnerday');

function complete(...words: string[]): string[] {
  const script = `${renderCompletion(program, 'bash')}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
_partnerday; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8', cwd: '/' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

describe('bash completes what the command tree knows', () => {
  it('verbs', () => {
    expect(complete('partnerday', 'ver')).toEqual(['verify']);
    expect(complete('partnerday', '')).toEqual(
      expect.arrayContaining(program.commands.map((verb) => verb.name())),
    );
  });

  it('verbs below verbs, and their options', () => {
    expect(complete('partnerday', 'partner', '')).toEqual(expect.arrayContaining(['add', 'list']));
    expect(complete('partnerday', 'partner', 'add', 'acme', '--from')).toEqual(['--from-archives']);
  });

  it('values of options and arguments', () => {
    expect(complete('partnerday', 'status', '--output', '')).toEqual([
      'table',
      'json',
      'jsonl',
      'html',
      'md',
    ]);
    expect(complete('partnerday', 'worker', '--role', 'm')).toEqual(['merge']);
    expect(complete('partnerday', 'completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']));
  });

  it('after a global option with a value', () => {
    expect(complete('partnerday', '--config', '/srv', 'explai')).toEqual(['explain']);
  });
});

it.each(['zsh', 'fish'] as const)('%s is told about every verb and option', (shell) => {
  const script = renderCompletion(program, shell);
  for (const verb of program.commands) {
    if (verb.name() === 'help') continue;
    expect(script).toContain(verb.name());
    for (const { long } of verb.options) expect(script).toContain(long!.slice(2));
  }
});

it('every verb says in its help what it is for, and changing ones have --dry-run', () => {
  const changing = ['up', 'down', 'demo', 'arrive', 'run', 'retry', 'cancel'];
  for (const verb of program.commands) {
    expect(verb.description()).not.toBe('');
    if (changing.includes(verb.name())) expect(verb.options.map(({ long }) => long)).toContain('--dry-run');
  }
});
