import type { ColumnType } from '../ingest/manifest.js';
import type { Finding } from '../quality/finding.js';
import type { ResolvedHeader } from './csv-header.js';
import type { MemberProfile, MemberScanOptions } from './member-scan.js';

/** Where something was found in a member. */
export interface Place {
  readonly row?: number;
  readonly line?: number;
  readonly offset?: number | undefined;
  readonly column?: string | undefined;
}

/** Collects what a scan learns about its member. */
export class ProfileBuilder {
  rows = 0;
  rowsQuarantined = 0;
  nulls: number[] = [];
  types: ColumnType[] = [];
  rejected?: Finding;
  readonly #findings = new Map<string, Finding>();
  #header?: readonly string[];

  constructor(private readonly options: MemberScanOptions) {}

  setHeader({ header, findings }: ResolvedHeader): void {
    this.#header = header;
    this.nulls = header.map(() => 0);
    this.types = header.map(() => 'null');
    for (const finding of findings) this.#findings.set(`${finding.code} ${finding.column ?? ''}`, finding);
  }

  /** The first of its code keeps its place; the others are counted. */
  find(code: Finding['code'], severity: Finding['severity'], detail: string, place: Place): void {
    const key = `${code} ${place.column ?? ''}`;
    const first = this.#findings.get(key);
    if (first) this.#findings.set(key, { ...first, count: (first.count ?? 1) + 1 });
    else this.#findings.set(key, this.#finding(code, severity, detail, place));
  }

  reject(code: Finding['code'], detail: string, place: Place = {}): void {
    this.rejected ??= this.#finding(code, 'error', detail, place);
  }

  build(): Omit<MemberProfile, 'checkpoints'> {
    return {
      ...(this.#header ? { header: this.#header } : {}),
      rows: this.rows,
      rowsQuarantined: this.rowsQuarantined,
      nulls: this.nulls,
      types: this.types,
      findings: [...this.#findings.values()],
      ...(this.rejected ? { rejected: this.rejected } : {}),
    };
  }

  #finding(code: Finding['code'], severity: Finding['severity'], detail: string, place: Place): Finding {
    const { column, row, line, offset } = place;
    return {
      code,
      severity,
      detail,
      table: this.options.table.table,
      ...(column === undefined ? {} : { column }),
      member: this.options.member,
      ...(row === undefined ? {} : { row }),
      ...(line === undefined ? {} : { line }),
      ...(offset === undefined ? {} : { offset }),
    };
  }
}
