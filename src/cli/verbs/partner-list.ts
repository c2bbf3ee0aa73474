import { Command } from 'commander';
import { partnerIds } from '../../config/load-project.js';
import type { Cli } from '../cli.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { renderTable } from '../output/table.js';
import { verb } from './verb.js';

interface PartnerRow {
  id: string;
  name: string | null;
  state: 'enabled' | 'disabled' | 'invalid';
  sources: number;
  tables: number;
  opensAt: string | null;
  timeZone: string | null;
}

export function partnerListVerb(cli: Cli): Command {
  return new Command('list')
    .summary('list the configured partners')
    .description('Lists the configured partners. `partnerday status` shows how their days are.')
    .action(verb(cli, () => list(cli)));
}

async function list(cli: Cli): Promise<ExitCode> {
  const project = await cli.project();
  const rows = (await partnerIds(project.dir)).map((id): PartnerRow => {
    const partner = project.partners.get(id);
    if (!partner)
      return { id, name: null, state: 'invalid', sources: 0, tables: 0, opensAt: null, timeZone: null };
    const { name = null, enabled, sources, tables, opensAt, timeZone } = partner;
    return {
      id,
      name,
      state: enabled ? 'enabled' : 'disabled',
      sources: sources.length,
      tables: Object.keys(tables).length,
      opensAt,
      timeZone,
    };
  });
  cli.print({
    json: rows,
    lines: rows,
    text: () =>
      renderTable<PartnerRow>(
        [
          { title: 'partner', value: ({ id }) => id },
          { title: 'state', value: ({ state }) => (state === 'invalid' ? cli.style('red', state) : state) },
          { title: 'sources', value: ({ sources }) => String(sources), align: 'right' },
          { title: 'configured tables', value: ({ tables }) => String(tables), align: 'right' },
          { title: 'opens', value: ({ opensAt, timeZone }) => (opensAt ? `${opensAt} ${timeZone}` : '') },
          { title: 'name', value: ({ name }) => name ?? '' },
        ],
        rows,
      ),
  });
  if (rows.length === 0) cli.note('no partner yet. Next: partnerday partner add ID');
  if (project.problems.length > 0) cli.note('some files have problems. Next: partnerday validate');
  return EXIT.ok;
}
