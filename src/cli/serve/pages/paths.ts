/** Addresses of the pages; every part is encoded here. */
export function partnerPath(partner: string): string {
  return `/partners/${encodeURIComponent(partner)}`;
}

export function dayPath(partner: string, date: string): string {
  return `${partnerPath(partner)}/days/${encodeURIComponent(date)}`;
}

export function tablePath(partner: string, date: string, table: string): string {
  return `${dayPath(partner, date)}/tables/${encodeURIComponent(table)}`;
}

/** Findings are numbered within a version, which never changes. */
export function findingPath(partner: string, date: string, version: number, index: number): string {
  return `${dayPath(partner, date)}/v${version}/findings/${index + 1}`;
}
