import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { renderProblem } from '../../config/config-problem.js';
import { crossCheck } from '../../config/cross-checks.js';
import { displayPath, PARTNERS_DIRECTORY } from '../../config/load-project.js';
import { applyContract } from '../../config/odcs/apply-contract.js';
import { importOdcs } from '../../config/odcs/import-odcs.js';
import { odcsSchema } from '../../config/odcs/odcs-document.js';
import { parseYaml } from '../../config/parse-yaml.js';
import { partnerConfigSchema } from '../../config/partner-config.js';
import { writeWholeFile } from '../../config/write-whole-file.js';
import type { Cli } from '../cli.js';
import { usageError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { plural } from '../output/format.js';
import { verb } from './verb.js';

export function contractImportVerb(cli: Cli): Command {
  return new Command('import')
    .summary('take a contract into a partner’s file')
    .description(
      'Writes columns, types, required columns and null thresholds of an ODCS contract into partners/ID.yaml. Everything else in the file stays, comments too. What the contract says and Partnerday does not check is named.',
    )
    .argument('<partner>', 'partner id')
    .argument('<file>', 'ODCS 3.x YAML')
    .option('--dry-run', 'print the partner’s file instead of writing it')
    .action(
      verb(cli, (partner: string, file: string, options: { dryRun?: boolean }) =>
        importContract(cli, partner, file, options),
      ),
    );
}

async function importContract(
  cli: Cli,
  partner: string,
  file: string,
  { dryRun }: { dryRun?: boolean },
): Promise<ExitCode> {
  await cli.knownPartner(partner);
  const contract = parseYaml(displayPath(file), await textOf(file), odcsSchema);
  if (contract.value === undefined)
    throw usageError(`${file} is no contract:\n${contract.problems.map(renderProblem).join('\n')}`);
  const imported = importOdcs(contract.value);
  const { dir } = await cli.project();
  const path = await pathOf(dir, partner);
  const text = applyContract(await textOf(path), imported);
  const { value, problems, problemAt } = parseYaml(displayPath(path), text, partnerConfigSchema);
  const wrong = [
    ...problems,
    ...(value === undefined ? [] : crossCheck(value).map((found) => problemAt(found.path, found.message))),
  ];
  if (wrong.length > 0)
    throw usageError(`with this contract the file would not work:\n${wrong.map(renderProblem).join('\n')}`);
  const tables = Object.keys(imported.tables);
  if (!dryRun) await writeWholeFile(path, text, {});
  cli.print({
    json: { file: displayPath(path), tables, ignored: imported.ignored, text: dryRun ? text : null },
    text: () => (dryRun ? text.trimEnd() : displayPath(path)),
  });
  for (const what of imported.ignored) cli.note(`not checked by Partnerday: ${what}`);
  cli.note(
    dryRun ? 'nothing was written' : `took in ${plural(tables.length, 'table')}. Next: partnerday validate`,
  );
  return EXIT.ok;
}

async function pathOf(dir: string, partner: string): Promise<string> {
  const path = join(dir, PARTNERS_DIRECTORY, `${partner}.yaml`);
  return readFile(path).then(
    () => path,
    () => join(dir, PARTNERS_DIRECTORY, `${partner}.yml`),
  );
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw usageError(`${displayPath(path)} cannot be read: ${(error as Error).message}`);
  }
}
