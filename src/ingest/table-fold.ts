import type { Finding } from '../quality/finding.js';
import { compareRatio, formatPercent } from '../quality/ratio.js';
import { FindingLog } from './finding-log.js';
import { HeaderGroup } from './header-group.js';
import type { Manifest, ManifestMember } from './manifest.js';
import type { TablePlan } from './plan.js';
import { RangeList } from './range-list.js';
import { driftFindings, retypedFindings, schemaChanges } from './schema-drift.js';
import { tableColumns } from './table-columns.js';
import type { TableExpectation } from './table-rules.js';

/** The key of a manifest's segment object. */
export type SegmentKey = (object: string) => string;

/** Folds the members of one table, given in canonical order, into its plan. */
export class TableFold {
  /** By header text (`JSON.stringify` of its columns); `undefined` where members with that header are quarantined. */
  readonly #groups = new Map<string, HeaderGroup | undefined>();
  readonly #ranges = new RangeList();
  readonly #log = new FindingLog();
  readonly #dropped = new Set<string>();
  readonly #members = { merged: 0, quarantined: 0, duplicate: 0 };
  readonly #rows = { read: 0, merged: 0, quarantined: 0, duplicate: 0 };
  #refused: string | undefined;

  constructor(private readonly expectation: TableExpectation) {}

  note(finding: Finding): void {
    this.#log.add({ ...finding, table: this.expectation.table });
  }

  /** Terminal: the table must not be merged. The first reason is the one that is told. */
  refuse(reason: string, finding: Partial<Finding> = {}): void {
    this.#refused ??= reason;
    this.note({ code: 'contract-breach', severity: 'error', detail: reason, ...finding });
  }

  /** @returns what became of the member: its header may breach the table's contract. */
  merge(
    manifest: Manifest,
    member: ManifestMember,
    headerTexts: readonly string[],
    segmentKey: SegmentKey,
  ): 'loaded' | 'quarantined' {
    const group = this.#group(manifest, member, headerTexts);
    if (group === undefined) {
      this.quarantine(member);
      return 'quarantined';
    }
    const rows = member.rows - member.rowsQuarantined;
    group.add(member);
    this.#members.merged++;
    this.#rows.read += member.rows;
    this.#rows.merged += rows;
    this.#rows.quarantined += member.rowsQuarantined;
    if (member.range !== undefined) {
      const { object, offset, bytes, crc32 } = member.range;
      const { name, etag } = manifest.objects[object]!;
      // In key order, as canonical JSON writes it.
      this.#ranges.add({ bytes, crc32, etag, header: group.index, key: segmentKey(name), offset, rows });
    }
    return 'loaded';
  }

  quarantine(member: ManifestMember): void {
    this.#members.quarantined++;
    this.#rows.read += member.rows;
    this.#rows.quarantined += member.rows;
  }

  duplicate(member: ManifestMember): void {
    this.#members.duplicate++;
    this.#rows.read += member.rows;
    this.#rows.duplicate += member.rows;
  }

  finish(version: number): TablePlan {
    const { table, order, expected = [], base } = this.expectation;
    const groups = [...this.#groups.values()].filter((group) => group !== undefined);
    const { columns, headers, headerOf, nulls, types, missingFields } = tableColumns(
      groups,
      order,
      expected,
      this.#dropped,
    );
    const reference = base?.reference;
    const compared = reference?.columns ?? this.expectation.expected ?? groups[0]?.columns ?? [];
    const changes = schemaChanges(compared, groups);
    for (const finding of driftFindings(table, changes, columns, groups)) this.note(finding);
    this.#checkTypes(retypedFindings(this.expectation, reference, columns, types));
    if (groups.length > 0 && columns.length === 0) this.refuse('the contract discards all of its columns');
    this.#checkAmount();
    return {
      format: 1,
      table,
      version,
      columns,
      headers,
      ranges: this.#ranges.renumbered((index) => headerOf.get(index)!),
      rows: this.#rows.merged,
      members: { ...this.#members },
      rowsRead: this.#rows.read,
      rowsQuarantined: this.#rows.quarantined,
      rowsDuplicate: this.#rows.duplicate,
      nulls,
      types,
      headerConsistent: groups.length <= 1,
      missingFields,
      changes,
      findings: this.#log.findings(),
      ...(reference === undefined ? {} : { reference }),
      ...(this.#refused === undefined ? {} : { refused: this.#refused }),
    };
  }

  #group(
    manifest: Manifest,
    member: ManifestMember,
    headerTexts: readonly string[],
  ): HeaderGroup | undefined {
    const index = member.header ?? -1;
    const text = headerTexts[index] ?? '';
    if (!this.#groups.has(text)) {
      const columns = manifest.headers[index] ?? [];
      const group = new HeaderGroup(columns, manifest.archive.key, member.name, this.#groups.size);
      this.#groups.set(text, this.#honours(group) ? group : undefined);
    }
    return this.#groups.get(text);
  }

  /** Whether members with this header may be merged. What the contract says of it is noted once per header. */
  #honours({ columns, names, archive, member }: HeaderGroup): boolean {
    const { contract, required, expected } = this.expectation;
    const lacking = required.filter((column) => !names.has(column));
    const foreign = expected === undefined ? [] : columns.filter((column) => !expected.includes(column));
    const where = { archive, member };
    if (lacking.length > 0) {
      const column = lacking[0]!;
      const detail = `the header lacks required ${listed(lacking)}`;
      if (contract.columns === 'quarantine') {
        this.note({ code: 'contract-breach', severity: 'error', detail, column, ...where });
        return false;
      }
      this.refuse(`${detail}, first in ${member} of ${archive}`, { detail, column, ...where });
    }
    if (foreign.length === 0 || contract.columns === 'evolve') return true;
    const column = foreign[0]!;
    const detail = `the contract does not know ${listed(foreign)}`;
    if (contract.columns === 'freeze') {
      this.refuse(`${detail}, first in ${member} of ${archive}`, { detail, column, ...where });
      return true;
    }
    const severity = contract.columns === 'discard' ? 'warning' : 'error';
    this.note({
      code: 'contract-breach',
      severity,
      detail: `${detail}: ${contract.columns}`,
      column,
      ...where,
    });
    if (contract.columns === 'discard') for (const name of foreign) this.#dropped.add(name);
    return contract.columns === 'discard';
  }

  #checkTypes(retyped: readonly Finding[]): void {
    for (const finding of retyped) {
      this.note(finding);
      if (finding.severity !== 'error') continue;
      const { column } = finding;
      this.refuse(
        `column ${JSON.stringify(column)} ${finding.detail}`,
        column === undefined ? {} : { column },
      );
    }
  }

  #checkAmount(): void {
    const { merged, quarantined } = this.#members;
    if (merged === 0) {
      this.#refused ??= `none of its ${quarantined} members could be loaded`;
      return;
    }
    const { maxErrorRate } = this.expectation;
    if (compareRatio(this.#rows.quarantined, this.#rows.read, maxErrorRate) <= 0) return;
    const share = formatPercent(this.#rows.quarantined, this.#rows.read);
    this.refuse(
      `${this.#rows.quarantined} of ${this.#rows.read} rows (${share}) are quarantined, more than maxErrorRate ${maxErrorRate} allows`,
    );
  }
}

function listed(columns: readonly string[]): string {
  const shown = columns.slice(0, 5).map((column) => JSON.stringify(column));
  const more = columns.length > shown.length ? ` and ${columns.length - shown.length} more` : '';
  return `column${columns.length === 1 ? '' : 's'} ${shown.join(', ')}${more}`;
}
