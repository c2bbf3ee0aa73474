import { PartnerDayLayout } from '../../ingest/layout.js';
import { listDays } from '../../ingest/publication/list-days.js';
import { type Publication, publicationSchema } from '../../ingest/publication/publication.js';
import { ObjectNotFoundError } from '../../store/errors.js';
import type { ObjectStore } from '../../store/object-store.js';
import type { Style } from '../output/style.js';
import { renderTable } from '../output/table.js';
import type { RunningView } from '../temporal/running-view.js';

export interface FleetRow {
  partner: string;
  date: string;
  /** `published`, `held`, the stage of an open run, or `unpublished`. */
  state: string;
  version: number | null;
  score: number | null;
  tables: number;
  failedTables: string[];
  running: boolean;
}

/** Every partner's newest days, from the store; open runs on top. */
export async function fleetRows(
  store: ObjectStore,
  partners: readonly string[],
  days: number,
  running: RunningView,
): Promise<FleetRow[]> {
  const rows: FleetRow[] = [];
  for (const partner of partners) {
    const open = (running.days ?? []).filter((day) => day.partner === partner);
    const dates = new Set([...open.map(({ date }) => date), ...(await listDays(store, partner, days))]);
    for (const date of [...dates].sort().reverse().slice(0, Math.max(days, open.length))) {
      rows.push(
        await fleetRow(
          store,
          partner,
          date,
          open.find((day) => day.date === date),
        ),
      );
    }
  }
  return rows;
}

async function fleetRow(
  store: ObjectStore,
  partner: string,
  date: string,
  open: NonNullable<RunningView['days']>[number] | undefined,
): Promise<FleetRow> {
  const published = await readPublication(store, new PartnerDayLayout(partner, date));
  const failed =
    published?.tables.filter(({ status }) => status !== 'merged').map(({ table }) => table) ?? [];
  return {
    partner,
    date,
    state: open ? (open.progress?.stage ?? 'running') : (published?.status ?? 'unpublished'),
    version: published?.version ?? null,
    score: published?.score ?? null,
    tables: published?.tables.length ?? open?.progress?.tables.length ?? 0,
    failedTables: failed,
    running: open !== undefined,
  };
}

async function readPublication(
  store: ObjectStore,
  layout: PartnerDayLayout,
): Promise<Publication | undefined> {
  try {
    return publicationSchema.parse(JSON.parse((await store.getBytes(layout.published)).toString('utf8')));
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return undefined;
    throw error;
  }
}

export function fleetText(rows: readonly FleetRow[], style: Style): string {
  return renderTable<FleetRow>(
    [
      { title: 'partner', value: ({ partner }) => partner },
      { title: 'date', value: ({ date }) => date },
      { title: 'state', value: (row) => stateOf(row, style) },
      { title: 'version', value: ({ version }) => (version === null ? '' : `v${version}`), align: 'right' },
      { title: 'score', value: ({ score }) => (score === null ? '' : String(score)), align: 'right' },
      { title: 'tables', value: ({ tables }) => (tables > 0 ? String(tables) : ''), align: 'right' },
      {
        title: 'failed',
        value: ({ failedTables }) => (failedTables.length > 0 ? style('red', failedTables.join(', ')) : ''),
      },
    ],
    rows,
  );
}

function stateOf({ state, running, failedTables }: FleetRow, style: Style): string {
  if (running) return style('cyan', state);
  return state === 'published' && failedTables.length === 0 ? style('green', state) : style('yellow', state);
}
