import { Argument, Command } from 'commander';
import { renderCompletion, SHELLS, type Shell } from '../completion/render-completion.js';

export function completionVerb(): Command {
  return new Command('completion')
    .summary('print a completion script for your shell')
    .description(
      'Prints a completion script. bash: eval "$(partnerday completion bash)"; zsh: the same with zsh; fish: partnerday completion fish | source',
    )
    .addArgument(new Argument('<shell>', 'your shell').choices(SHELLS))
    .action(function (this: Command, shell: Shell) {
      const program = this.parent!;
      process.stdout.write(renderCompletion(program, shell));
    });
}
