import type { Argument, Command, Option } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** One place in the command tree: what may follow it. */
interface Place {
  /** `''`, `run`, `partner add`. */
  path: string;
  words: { word: string; help: string }[];
}

/** A completion script made from the command tree, so that it can never lag behind it. */
export function renderCompletion(program: Command, shell: Shell): string {
  const places = placesOf(program);
  if (shell === 'bash') return bash(places, valued(program));
  return shell === 'zsh' ? zsh(places, valued(program)) : fish(places);
}

function placesOf(program: Command): Place[] {
  const walk = (command: Command, path: string[]): Place[] => [
    { path: path.join(' '), words: wordsOf(command, program) },
    ...visible(command).flatMap((child) => walk(child, [...path, child.name()])),
  ];
  return walk(program, []);
}

function wordsOf(command: Command, program: Command): Place['words'] {
  const children = visible(command).map((child) => ({ word: child.name(), help: child.summary() }));
  const choices = command.registeredArguments.flatMap((argument: Argument) =>
    (argument.argChoices ?? []).map((word) => ({ word, help: argument.description })),
  );
  const options = [...command.options, ...(command === program ? [] : program.options)].flatMap((option) =>
    option.long && !option.hidden ? [{ word: option.long, help: option.description }] : [],
  );
  return [...children, ...choices, ...options, { word: '--help', help: 'display help' }];
}

function visible(command: Command): Command[] {
  return command.commands.filter((child) => child.name() !== 'help');
}

/** Options with a fixed set of values, by every spelling. */
function valued(program: Command): { flags: string[]; choices: readonly string[] }[] {
  const all = (command: Command): Option[] => [...command.options, ...command.commands.flatMap(all)];
  const seen = new Map<string, { flags: string[]; choices: readonly string[] }>();
  for (const option of all(program)) {
    if (!option.argChoices) continue;
    const flags = [option.short, option.long].filter((flag) => flag !== undefined);
    seen.set(flags.join(), { flags, choices: option.argChoices });
  }
  return [...seen.values()];
}

/** The longest known path at the start of the typed words; values of options are not commands and are passed over. */
function bash(places: Place[], options: ReturnType<typeof valued>): string {
  const cases = places.map(
    ({ path, words }) => `    '${path}') words='${words.map(({ word }) => word).join(' ')}' ;;`,
  );
  const values = options.map(
    ({ flags, choices }) =>
      `    ${flags.join('|')}) COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$current")); return ;;`,
  );
  return `# partnerday completion for bash: eval "$(partnerday completion bash)"
_partnerday() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path='' words='' word next
  case "$previous" in
${values.join('\n')}
    --config|-c) COMPREPLY=($(compgen -d -- "$current")); return ;;
  esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="\${path:+$path }$word"
    case "|${places.map(({ path }) => path).join('|')}|" in
      *"|$next|"*) path="$next" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$current"))
}
complete -F _partnerday partnerday temporal-partnerday
`;
}

function zsh(places: Place[], options: ReturnType<typeof valued>): string {
  const cases = places.map(
    ({ path, words }) =>
      `    '${path}') described=(${words.map(({ word, help }) => zshQuote(`${word}:${help}`)).join(' ')}) ;;`,
  );
  const values = options.map(
    ({ flags, choices }) => `    ${flags.join('|')}) compadd -- ${choices.join(' ')}; return ;;`,
  );
  return `#compdef partnerday temporal-partnerday
# partnerday completion for zsh: eval "$(partnerday completion zsh)"
_partnerday() {
  local path_ word next
  local -a described
  path_=''
  case "\${words[CURRENT-1]}" in
${values.join('\n')}
    --config|-c) _files -/; return ;;
  esac
  for word in "\${words[@]:1:CURRENT-2}"; do
    next="\${path_:+$path_ }$word"
    case "|${places.map(({ path }) => path).join('|')}|" in
      *"|$next|"*) path_="$next" ;;
    esac
  done
  case "$path_" in
${cases.join('\n')}
  esac
  _describe 'partnerday' described || _files
}
compdef _partnerday partnerday temporal-partnerday
`;
}

function fish(places: Place[]): string {
  const lines = places.flatMap(({ path, words }) => {
    const steps = path === '' ? [] : path.split(' ');
    const children = places
      .filter((other) => isChild(other.path, path))
      .map((other) => other.path.split(' ').at(-1)!);
    const conditions = [
      ...steps.map((step) => `__fish_seen_subcommand_from ${step}`),
      ...(children.length > 0 ? [`not __fish_seen_subcommand_from ${children.join(' ')}`] : []),
    ];
    const condition = conditions.length > 0 ? ` -n '${conditions.join('; and ')}'` : '';
    return words.map(({ word, help }) =>
      word.startsWith('--')
        ? `complete -c partnerday${condition} -l ${word.slice(2)} -d ${fishQuote(help)}`
        : `complete -c partnerday -f${condition} -a ${word} -d ${fishQuote(help)}`,
    );
  });
  return `# partnerday completion for fish: partnerday completion fish | source\n${lines.join('\n')}\ncomplete -c temporal-partnerday -w partnerday\n`;
}

function isChild(path: string, parent: string): boolean {
  const prefix = parent === '' ? '' : `${parent} `;
  return path !== '' && path.startsWith(prefix) && !path.slice(prefix.length).includes(' ');
}

function zshQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fishQuote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
