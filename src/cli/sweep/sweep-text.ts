import type { SweptDay } from '../../ingest/retention/sweep-day.js';
import type { SweptPartner } from '../../ingest/retention/sweep-partner.js';
import { count, plural, size } from '../output/format.js';
import type { Style } from '../output/style.js';
import { renderTable } from '../output/table.js';

/** What a sweep deleted (or would), day by day. Days of which nothing is due are left out. */
export interface SweepJson {
  dryRun: boolean;
  objects: number;
  bytes: number;
  days: (Omit<SweptDay, 'objects'> & {
    objects: { key: string; bytes: number; kind: string }[];
    bytes: number;
  })[];
  uploads: { partner: string; key: string; startedAt: string }[];
}

type Day = SweepJson['days'][number];

export function sweepJson(swept: readonly SweptPartner[], dryRun: boolean): SweepJson {
  const days = swept
    .flatMap((partner) => partner.days)
    .filter(({ state, objects, onlyCopies }) => state !== 'swept' || objects.length > 0 || onlyCopies > 0)
    .map((day) => ({
      ...day,
      objects: [...day.objects],
      bytes: day.objects.reduce((sum, { bytes }) => sum + bytes, 0),
    }));
  return {
    dryRun,
    objects: days.reduce((sum, { objects }) => sum + objects.length, 0),
    bytes: days.reduce((sum, { bytes }) => sum + bytes, 0),
    days,
    uploads: swept.flatMap(({ partner, uploads }) => uploads.map((upload) => ({ partner, ...upload }))),
  };
}

export function sweepText({ days, uploads, objects, bytes, dryRun }: SweepJson, style: Style): string {
  const deleted = dryRun ? 'would be deleted' : 'deleted';
  const of = (kind: string) => (day: Day) => {
    const many = day.objects.filter((object) => object.kind === kind).length;
    return many === 0 ? '' : count(many);
  };
  const lines =
    days.length === 0
      ? []
      : [
          renderTable<Day>(
            [
              { title: 'partner', value: ({ partner }) => partner },
              { title: 'date', value: ({ date }) => date },
              { title: 'segments', value: of('segment'), align: 'right' },
              { title: 'quarantined', value: of('quarantine'), align: 'right' },
              { title: 'of versions', value: of('version'), align: 'right' },
              { title: 'lists', value: of('working'), align: 'right' },
              { title: 'bytes', value: (day) => size(day.bytes), align: 'right' },
              { title: 'left alone', value: (day) => style('yellow', leftAlone(day)) },
            ],
            days,
          ),
          '',
        ];
  lines.push(
    `${plural(objects, 'object')} (${size(bytes)}) and ${plural(uploads.length, 'abandoned upload')} ${deleted}`,
  );
  return lines.join('\n');
}

function leftAlone({ state, onlyCopies }: Day): string {
  if (state === 'running') return 'all: it is running';
  if (state === 'changed') return 'the rest: it was published meanwhile';
  if (state === 'unreadable') return 'all: it cannot be read';
  return onlyCopies === 0 ? '' : `${count(onlyCopies)}: the archives are not there any more`;
}
