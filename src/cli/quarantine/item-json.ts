import type { QuarantinedItem } from '../../ingest/quarantine/quarantine.js';

/** An item as it is printed. Keys are relative to the store's root. */
export function itemJson(item: QuarantinedItem) {
  const { archive } = item;
  return {
    id: item.id,
    kind: item.kind,
    code: item.code,
    detail: item.detail,
    archive: archive.key,
    etag: archive.etag,
    rulesId: item.rulesId ?? null,
    table: item.table ?? null,
    member: item.member ?? null,
    position: item.position ?? null,
    rows: item.rows ?? null,
    row: item.row ?? null,
    line: item.line ?? null,
    offset: item.offset ?? null,
    /** Whether its bytes can be shown: the contract `discard` keeps none. */
    kept: item.kind !== 'row' || item.raw !== undefined,
  };
}
