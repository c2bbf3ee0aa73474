import type { QuarantinedItem } from '../../ingest/quarantine/quarantine.js';
import type { QuarantineCounts } from '../../ingest/quarantine/quarantine-counts.js';
import { count, plural } from '../output/format.js';
import { renderTable } from '../output/table.js';

/** Rows of one member with one code are one line, the first of them standing for all. */
export interface ItemGroup {
  readonly first: QuarantinedItem;
  items: number;
}

/** Lines shown to people. */
const SHOWN = 100;

export class ItemGroups {
  /** Groups that are counted only. */
  more = 0;
  readonly #groups = new Map<string, ItemGroup>();

  add(item: QuarantinedItem): void {
    const { id, kind, archive, member, code } = item;
    const key = kind === 'row' ? `${archive.key}\0${archive.etag}\0${member}\0${code}` : id;
    const group = this.#groups.get(key);
    if (group) group.items++;
    else if (this.#groups.size < SHOWN) this.#groups.set(key, { first: item, items: 1 });
    else this.more++;
  }

  get shown(): ItemGroup[] {
    return [...this.#groups.values()];
  }
}

export function countsText({ archives, members, rows }: QuarantineCounts): string {
  return `${plural(archives, 'archive')}, ${plural(members, 'member')} and ${plural(rows, 'row')}`;
}

export function groupsText(groups: ItemGroups): string {
  const lines = [
    renderTable<ItemGroup>(
      [
        { title: 'id', value: ({ first }) => first.id },
        { title: 'what', value: ({ first, items }) => (items > 1 ? `${count(items)} rows` : first.kind) },
        { title: 'code', value: ({ first }) => first.code },
        { title: 'archive', value: ({ first }) => first.archive.key },
        { title: 'member', value: ({ first }) => first.member ?? '' },
        {
          title: 'line',
          value: ({ first }) => (first.line === undefined ? '' : count(first.line)),
          align: 'right',
        },
        {
          title: 'byte',
          value: ({ first }) => (first.offset === undefined ? '' : count(first.offset)),
          align: 'right',
        },
        { title: 'detail', value: ({ first }) => first.detail },
      ],
      groups.shown,
    ),
  ];
  if (groups.more > 0) lines.push('more than these (-o json lists all)');
  return lines.join('\n');
}
