import { TerminalError } from '../errors.js';
import type { ArchiveRef } from './archive-ref.js';
import { archiveId } from './archive-ref.js';

/** A name that cannot become part of a key. */
export class InvalidNameError extends TerminalError {}

const PARTNER = /^[a-z0-9][a-z0-9-]{0,62}$/;
const TABLE = /^[a-z0-9][a-z0-9_.-]{0,126}$/i;
const SOURCE = /^[a-z0-9][a-z0-9-]{0,62}$/;
const HEX_ID = /^[0-9a-f]{8,64}$/;
const SEGMENT_NAME = /^[a-z0-9][a-z0-9_.-]{0,200}$/i;
const PERIOD = /^\d{4}-(?:W\d{2}|\d{2})$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** `[a-z0-9][a-z0-9-]{0,62}`; `landing` is the partners' own prefix. */
export function parsePartner(text: string): string {
  if (!PARTNER.test(text) || text === 'landing') {
    throw new InvalidNameError(
      `partner ${JSON.stringify(text)}: expected 1-63 of a-z, 0-9 and "-", not starting with "-", and not "landing"`,
    );
  }
  return text;
}

/** A calendar date that exists, as `YYYY-MM-DD`. */
export function parseBusinessDate(text: string): string {
  const match = DATE.exec(text);
  if (match) {
    const date = new Date(`${text}T00:00:00Z`);
    if (!Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)) return text;
  }
  throw new InvalidNameError(
    `business date ${JSON.stringify(text)}: expected a calendar date that exists, as YYYY-MM-DD`,
  );
}

export function parseTable(text: string): string {
  if (!TABLE.test(text) || text.includes('..')) {
    throw new InvalidNameError(
      `table ${JSON.stringify(text)}: expected letters, digits, "_", "-", "." (at most 127)`,
    );
  }
  return text;
}

/**
 * Every key Partnerday writes is built here, from validated parts only; names a partner chose (archives, members)
 * enter a key only as hashes. So no input can produce a key outside its partner's prefix.
 */
export class PartnerDayLayout {
  readonly partner: string;
  readonly date: string;
  readonly prefix: string;

  constructor(partner: string, date: string) {
    this.partner = parsePartner(partner);
    this.date = parseBusinessDate(date);
    this.prefix = `${this.partner}/${this.date}/`;
  }

  /** Another day of the same partner. */
  on(date: string): PartnerDayLayout {
    return new PartnerDayLayout(this.partner, date);
  }

  /** The pointer readers follow. */
  get published(): string {
    return `${this.prefix}published.json`;
  }

  /** Snapshot of the configuration a run pinned; `id` is its hash. */
  config(id: string): string {
    return `${this.prefix}config/${checked(id, HEX_ID)}.json`;
  }

  get configPrefix(): string {
    return `${this.prefix}config/`;
  }

  /** Archives to be read again by other rules; `id` is the hash of the list. */
  replay(id: string): string {
    return `${this.prefix}replays/${checked(id, HEX_ID)}.json`;
  }

  /** What was answered to a request of a partner that named itself; `id` is the hash of that name. */
  request(id: string): string {
    return `${this.prefix}requests/${checked(id, HEX_ID)}.json`;
  }

  /** Archives handed to one `extractSlice`. */
  slice(runId: string, index: number): string {
    return `${this.prefix}slices/${checked(runId, SEGMENT_NAME)}/${ordinal(index)}.json`;
  }

  /** An archive of a slice that used up its tries, with the reason. */
  unread(runId: string, slice: number, group: number, position: number): string {
    return `${this.unreadPrefix(runId)}${ordinal(slice)}-${ordinal(group)}-${ordinal(position)}.json`;
  }

  unreadPrefix(runId: string): string {
    return `${this.prefix}slices/${checked(runId, SEGMENT_NAME)}/unread/`;
  }

  /** What sources announced during one run: lists travel by key, never through the workflow. */
  arrivals(runId: string, slices: number): string {
    return `${this.prefix}slices/${checked(runId, SEGMENT_NAME)}/arrivals-${ordinal(slices)}.json`;
  }

  /** Archives that a run read again, because a merge needed rows of theirs that had expired. */
  expired(runId: string, slice: number): string {
    return `${this.expiredPrefix}${checked(runId, SEGMENT_NAME)}-${ordinal(slice)}.json`;
  }

  get expiredPrefix(): string {
    return `${this.prefix}expired/`;
  }

  /** What was told of a source that was not complete shortly before its deadline, and when that had passed. */
  deadlineAlert(source: string, when: 'before-deadline' | 'deadline-passed'): string {
    return `${this.prefix}alerts/${checked(source, SOURCE)}-${when}.txt`;
  }

  /** The page of the day, without its extension; over and over about the newest version. */
  get report(): string {
    return `${this.prefix}report`;
  }

  /** OpenLineage events of what readers see, one per line and table. */
  get lineage(): string {
    return `${this.prefix}openlineage.jsonl`;
  }

  /** The page of the day for the partner, and a small archive for each fault in it. */
  get partnerReport(): string {
    return `${this.prefix}for-partner/report.html`;
  }

  faultSample(code: string): string {
    return `${this.prefix}for-partner/${checked(code, SOURCE)}.tar.gz`;
  }

  /** What was told of a run that failed and published nothing. */
  failureAlert(runId: string): string {
    return `${this.prefix}alerts/failed-${checked(runId, SEGMENT_NAME)}.txt`;
  }

  /** Whether people were told over a channel that the day is this bad: claimed before it is sent, confirmed after. */
  alertDelivery(channel: 'slack' | 'webhook', level: 'late' | 'warning' | 'error'): string {
    return `${this.prefix}alerts/delivered/${channel}-${level}.json`;
  }

  get alertsPrefix(): string {
    return `${this.prefix}alerts/`;
  }

  /** Prefix of everything extracted from one archive under one set of rules. */
  extract(archive: ArchiveRef, rulesId: string): string {
    return this.extractOf(archiveId(archive), rulesId);
  }

  extractOf(id: string, rulesId: string): string {
    return `${this.prefix}extract/${checked(id, HEX_ID)}/${checked(rulesId, HEX_ID)}/`;
  }

  get extractPrefix(): string {
    return `${this.prefix}extract/`;
  }

  /** Written last; commits the archive. */
  manifest(id: string, rulesId: string): string {
    return `${this.extractOf(id, rulesId)}manifest.json`;
  }

  segment(id: string, rulesId: string, name: string): string {
    return `${this.extractOf(id, rulesId)}${checked(name, SEGMENT_NAME)}`;
  }

  /** Rows, members and archives set aside: raw bytes with their position. */
  quarantine(id: string, rulesId: string, name: string): string {
    return `${this.prefix}quarantine/${checked(id, HEX_ID)}/${checked(rulesId, HEX_ID)}/${checked(name, SEGMENT_NAME)}`;
  }

  get quarantinePrefix(): string {
    return `${this.prefix}quarantine/`;
  }

  version(version: number): VersionLayout {
    return new VersionLayout(this, version);
  }

  /** Immutable schema history: one entry per table and published day. */
  registry(table: string): string {
    return `${registryPrefix(this.partner, table)}${this.date}.json`;
  }
}

/** Keys of version n of a partner-day. */
export class VersionLayout {
  readonly prefix: string;

  constructor(day: PartnerDayLayout, version: number) {
    if (!Number.isSafeInteger(version) || version < 1)
      throw new InvalidNameError(`version ${version}: expected 1, 2, ...`);
    this.prefix = `${day.prefix}v${version}/`;
  }

  /** Creating it claims the version. */
  get plan(): string {
    return `${this.prefix}plan.json`;
  }

  tablePlan(table: string): string {
    return `${this.prefix}plan/${parseTable(table)}.json`;
  }

  /** The plan of a table without its ranges. */
  tableHead(table: string): string {
    return `${this.prefix}heads/${parseTable(table)}.json`;
  }

  /** What the next version needs to know of this one's archives and members, so that it reads no manifest of them. */
  get archiveIndex(): string {
    return `${this.prefix}index/archives.json`;
  }

  get memberIndex(): string {
    return `${this.prefix}index/members.bin`;
  }

  tableIndex(table: string): string {
    return `${this.prefix}index/tables/${parseTable(table)}.json`;
  }

  /** What has changed since the version before. */
  get diff(): string {
    return `${this.prefix}diff.json`;
  }

  table(table: string): string {
    return `${this.prefix}${parseTable(table)}.csv`;
  }

  /** Intermediate levels of a compose with more parts than one upload may have; swept after publication. */
  compose(table: string, level: number, index: number): string {
    return `${this.composeOf(table)}${level}-${ordinal(index)}`;
  }

  composeOf(table: string): string {
    return `${this.prefix}compose/${parseTable(table)}/`;
  }

  /** The receipt of a finished merge: what was written, predicted and measured. */
  merged(table: string): string {
    return `${this.prefix}merged/${parseTable(table)}.json`;
  }

  get summaryText(): string {
    return `${this.prefix}summary.txt`;
  }

  get summary(): string {
    return `${this.prefix}summary.json`;
  }

  get ledger(): string {
    return `${this.prefix}ledger.json`;
  }

  get quality(): string {
    return `${this.prefix}quality.json`;
  }

  /** What came of a rule across tables, under the version that planned the rows; `id` is the hash of the rule. */
  relation(id: string): string {
    return `${this.prefix}rules/${checked(id, HEX_ID)}.json`;
  }

  /** What later days compare themselves with. */
  get figures(): string {
    return `${this.prefix}figures.json`;
  }

  get tableMetadata(): string {
    return `${this.prefix}table_metadata.json`;
  }

  /** Whether its sources had sent everything, and by what evidence. */
  get completeness(): string {
    return `${this.prefix}completeness.json`;
  }

  /** Who released or rejected a held version, and why. */
  get decision(): string {
    return `${this.prefix}decision.json`;
  }

  get alert(): string {
    return `${this.prefix}alert.txt`;
  }

  /** What was told once every requeue round was used up. */
  get finalAlert(): string {
    return `${this.prefix}alert-after-requeue.txt`;
  }

  /** What became of triggering a DAG run in Airflow. */
  get airflow(): string {
    return `${this.prefix}airflow.json`;
  }

  /** A version that waits for a decision: what the pointer will say once it is released. */
  get held(): string {
    return `${this.prefix}held.json`;
  }
}

/** The same alert as text for people, as data for machines, and as mail; `text` is the key of the first. */
export function alertViews(text: string): { text: string; data: string; mail: string } {
  const base = text.slice(0, -'.txt'.length);
  return { text, data: `${base}.json`, mail: `${base}.eml` };
}

/** Everything a partner's tables ever looked like. */
export function registryRoot(partner: string): string {
  return `${parsePartner(partner)}/registry/`;
}

/** The report of a week (`2026-W47`) or a month (`2026-11`), without its extension. */
export function periodReport(partner: string, kind: 'week' | 'month', id: string): string {
  return `${parsePartner(partner)}/reports/${kind}/${checked(id, PERIOD)}`;
}

/** All registry entries of a table, one per day, in date order. */
export function registryPrefix(partner: string, table: string): string {
  return `${parsePartner(partner)}/registry/${parseTable(table)}/`;
}

/** Prefix under which all days of a partner live (registry included). */
export function partnerPrefix(partner: string): string {
  return `${parsePartner(partner)}/`;
}

function checked(part: string, shape: RegExp): string {
  if (!shape.test(part) || part.includes('..'))
    throw new InvalidNameError(`key part ${JSON.stringify(part)} does not match ${shape}`);
  return part;
}

function ordinal(index: number): string {
  if (!Number.isSafeInteger(index) || index < 0)
    throw new InvalidNameError(`index ${index}: expected 0, 1, ...`);
  return String(index).padStart(6, '0');
}
