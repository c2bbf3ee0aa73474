import type { Finding } from '../../quality/finding.js';
import { compareRatio, formatPercent } from '../../quality/ratio.js';
import { type Counted, FindingLog, FindingReserve } from '../extraction/finding-log.js';
import { judgeHeader } from '../extraction/header-contract.js';
import { FullPlanNeeded } from './full-plan-needed.js';
import { HeaderGroup } from './header-group.js';
import type { TableHead } from './plan.js';
import { RangeList } from './range-list.js';
import { driftFindings, retypedFindings, schemaChanges } from './schema-drift.js';
import { tableColumns } from './table-columns.js';
import type { TableExpectation } from './table-rules.js';
import { encodeShare, NAMES_KEPT, type ShareGroup, type TableShare, type Tally } from './table-share.js';
import { TextPile } from './text-pile.js';

/** A table's plan without the number of its version, and what later versions fold it from. */
export interface FoldedTable {
  readonly head: Omit<TableHead, 'version'>;
  readonly headers: string[][];
  readonly ranges: RangeList;
  /** In encoded form; they name `shareHeaders`. */
  readonly shares: TextPile;
  readonly shareHeaders: readonly (readonly string[])[];
}

/** Folds the shares of one table, given in canonical order of their archives, into its plan. */
export class TableFold {
  /** By header text (`JSON.stringify` of its columns). */
  readonly #groups = new Map<string, HeaderGroup>();
  /** The same, by the very list of columns. */
  readonly #byColumns = new Map<readonly string[], HeaderGroup>();
  readonly #named: number[] = [];
  readonly #ranges = new RangeList();
  readonly #shares = new TextPile();
  readonly #reserve = new FindingReserve();
  readonly #log = new FindingLog();
  readonly #dropped = new Set<string>();
  readonly #members = { merged: 0, quarantined: 0, duplicate: 0 };
  readonly #rows = { read: 0, merged: 0, quarantined: 0, duplicate: 0 };
  #refused: string | undefined;

  constructor(private readonly expectation: TableExpectation) {}

  /** Terminal: the table must not be merged. The first reason is the one that is told. */
  refuse(reason: string, finding: Partial<Finding> = {}): void {
    this.#refused ??= reason;
    this.#note({ code: 'contract-breach', severity: 'error', detail: reason, ...finding });
  }

  get isEmpty(): boolean {
    return this.#shares.count === 0;
  }

  /** @param headers what the share's groups name */
  add(share: TableShare, archiveKey: string, headers: readonly (readonly string[])[]): void {
    const groups = share.groups.map((given) => {
      const group = this.#group(headers[given.header], archiveKey, given.member);
      this.#addGroup(group, given);
      return this.#stored(group, given);
    });
    this.#addTally('quarantined', share.quarantined);
    this.#addTally('duplicate', share.duplicate);
    for (const finding of share.findings) this.#log.add(finding);
    for (const counted of share.more) this.#count(counted);
    const stored = { ...share, groups, ...this.#reserve.take(share) };
    this.#shares.add(JSON.stringify(encodeShare(stored)));
  }

  /** A range of the share added last. `header`: its columns. */
  addRange(from: RangeList, index: number, columns: readonly string[]): void {
    const group = this.#known(columns);
    if (group === undefined)
      throw new FullPlanNeeded(`ranges of ${this.expectation.table} belong to no share`);
    this.#ranges.take(from, index, group.index);
  }

  finish(): FoldedTable {
    const { table, order, expected = [], base } = this.expectation;
    const all = [...this.#groups.values()];
    const groups = all.filter(({ honoured }) => honoured);
    const { columns, headers, headerOf, nulls, types, missingFields } = tableColumns(
      groups,
      order,
      expected,
      this.#dropped,
    );
    const reference = base?.reference;
    const compared = reference?.columns ?? this.expectation.expected ?? groups[0]?.columns ?? [];
    const changes = schemaChanges(compared, groups, reference?.types);
    for (const finding of driftFindings(table, changes, columns)) this.#note(finding);
    this.#checkTypes(retypedFindings(this.expectation, reference, columns, types));
    if (groups.length > 0 && columns.length === 0) this.refuse('the contract discards all of its columns');
    this.#checkAmount();
    this.#ranges.renumber((index) => headerOf.get(index)!);
    return {
      head: {
        format: 1,
        table,
        columns,
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
      },
      headers,
      ranges: this.#ranges,
      shares: this.#shares,
      shareHeaders: all.map((group) => group.columns),
    };
  }

  #addGroup(group: HeaderGroup, given: ShareGroup): void {
    const { members, rows, rowsQuarantined } = given;
    this.#rows.read += rows + rowsQuarantined;
    if (!group.honoured) {
      this.#members.quarantined += members;
      this.#rows.quarantined += rows + rowsQuarantined;
      return;
    }
    group.add(given);
    this.#members.merged += members;
    this.#rows.merged += rows;
    this.#rows.quarantined += rowsQuarantined;
  }

  #addTally(kind: 'quarantined' | 'duplicate', [members, rows]: Tally): void {
    this.#members[kind] += members;
    this.#rows[kind] += rows;
    this.#rows.read += rows;
  }

  #count(counted: Counted): void {
    if (!this.#log.count(counted)) throw new FullPlanNeeded(`findings of ${this.expectation.table} went`);
  }

  #note(finding: Finding): void {
    this.#log.add({ ...finding, table: this.expectation.table });
  }

  #stored(group: HeaderGroup, { member, ...given }: ShareGroup): ShareGroup {
    const named = this.#named[group.index] ?? 0;
    if (member === undefined || named >= NAMES_KEPT) return { ...given, header: group.index };
    this.#named[group.index] = named + 1;
    return { ...given, header: group.index, member };
  }

  #group(columns: readonly string[] | undefined, archive: string, member: string | undefined): HeaderGroup {
    if (columns === undefined) throw new FullPlanNeeded(`a header of ${this.expectation.table} is not there`);
    const known = this.#known(columns);
    if (known !== undefined) return known;
    if (member === undefined)
      throw new FullPlanNeeded(`a header of ${this.expectation.table} lost its first`);
    const honoured = this.#honours(columns, archive, member);
    const group = new HeaderGroup(columns, archive, member, this.#groups.size, honoured);
    this.#groups.set(JSON.stringify(columns), group);
    return group;
  }

  #known(columns: readonly string[]): HeaderGroup | undefined {
    const known = this.#byColumns.get(columns) ?? this.#groups.get(JSON.stringify(columns));
    if (known !== undefined) this.#byColumns.set(columns, known);
    return known;
  }

  /** Whether members with this header may be merged. What the contract says of it is noted once per header. */
  #honours(columns: readonly string[], archive: string, member: string): boolean {
    const { contract } = this.expectation;
    const { honoured, lacking, foreign } = judgeHeader(columns, this.expectation);
    const where = { archive, member };
    if (lacking.length > 0) {
      const column = lacking[0]!;
      const detail = `the header lacks required ${listed(lacking)}`;
      if (!honoured) {
        this.#note({ code: 'contract-breach', severity: 'error', detail, column, ...where });
        return false;
      }
      this.refuse(`${detail}, first in ${member} of ${archive}`, { detail, column, ...where });
    }
    if (foreign.length === 0) return true;
    const column = foreign[0]!;
    const detail = `the contract does not know ${listed(foreign)}`;
    if (contract.columns === 'freeze') {
      this.refuse(`${detail}, first in ${member} of ${archive}`, { detail, column, ...where });
      return true;
    }
    this.#note({
      code: 'contract-breach',
      severity: honoured ? 'warning' : 'error',
      detail: `${detail}: ${contract.columns}`,
      column,
      ...where,
    });
    if (honoured) for (const name of foreign) this.#dropped.add(name);
    return honoured;
  }

  #checkTypes(retyped: readonly Finding[]): void {
    for (const finding of retyped) {
      this.#note(finding);
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
