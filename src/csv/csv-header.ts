import { isUtf8 } from 'node:buffer';
import type { Finding } from '../quality/finding.js';
import type { MemberScanOptions } from './member-scan.js';

/** What a member's header line means under its table's rules. */
export interface ResolvedHeader {
  /** Canonical names in the order rows are written. */
  readonly header: readonly string[];
  /** Fields every row must have. */
  readonly fields: number;
  /** For each written column, its field. Absent: all fields, in order. */
  readonly keep?: readonly number[];
  readonly findings: readonly Finding[];
}

export class HeaderRejected {
  constructor(
    readonly code: Finding['code'],
    readonly detail: string,
    readonly column?: string,
  ) {}
}

/** Escape, shift-out, shift-in: how ISO-2022 text looks when it is taken for ASCII. */
const ISO_2022 = /[\x0e\x0f\x1b]/;

/**
 * Names are compared as they stand after NFC and aliases; nothing is trimmed or lower-cased.
 * `fields` are the header's values, unquoted.
 */
export function resolveHeader(
  fields: readonly Uint8Array[],
  options: Pick<MemberScanOptions, 'member' | 'table' | 'limits'>,
): ResolvedHeader | HeaderRejected {
  const { table, limits, member } = options;
  if (fields.length > limits.columns) {
    return new HeaderRejected('member-limit', `more than ${limits.columns} columns in the header`);
  }
  const names: string[] = [];
  for (const [index, field] of fields.entries()) {
    if (field.includes(0)) {
      const hint = 'looks like UTF-16 or UTF-32; set `dialect.encoding`';
      return new HeaderRejected('member-encoding', `NUL bytes in the header (${hint})`);
    }
    if (!isUtf8(field)) {
      const hint = 'is `dialect.encoding` right?';
      return new HeaderRejected(
        'member-encoding',
        `column ${index + 1} of the header is not UTF-8 (${hint})`,
      );
    }
    const text = Buffer.from(field.buffer, field.byteOffset, field.byteLength).toString('utf8');
    if (ISO_2022.test(text)) {
      return new HeaderRejected(
        'member-encoding',
        `escape sequences in column ${index + 1} of the header (looks like ISO-2022)`,
      );
    }
    const name = text.normalize('NFC');
    names.push(Object.hasOwn(table.aliases, name) ? table.aliases[name]!.normalize('NFC') : name);
  }
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    if (name === '') return new HeaderRejected('member-empty-column-name', `column ${index + 1} has no name`);
    if (seen.has(name)) {
      return new HeaderRejected(
        'member-duplicate-column',
        `column name ${quoteName(name)} appears twice`,
        name,
      );
    }
    seen.add(name);
  }
  return applyContract(names, options, dialectHint(names, table.dialect.delimiter, member, table.table));
}

function applyContract(
  names: readonly string[],
  { table, member }: Pick<MemberScanOptions, 'member' | 'table'>,
  findings: Finding[],
): ResolvedHeader | HeaderRejected {
  const expected = table.columns && new Set(table.columns);
  const unknown = expected ? names.filter((name) => !expected.has(name)) : [];
  const whole = { header: names, fields: names.length, findings };
  // `freeze` refuses the table when it is planned.
  if (unknown.length === 0 || ['evolve', 'freeze'].includes(table.contract.columns)) return whole;
  const place = { member, table: table.table };
  if (table.contract.columns === 'quarantine') {
    const detail = `column ${quoteName(unknown[0]!)} is not in the table's columns (contract: quarantine)`;
    return new HeaderRejected('member-rejected', detail, unknown[0]);
  }
  const keep = [...names.keys()].filter((index) => expected!.has(names[index]!));
  if (keep.length === 0)
    return new HeaderRejected('member-rejected', `none of the table's columns is present`);
  for (const column of unknown) {
    const detail = `column ${quoteName(column)} is left out (contract: discard)`;
    findings.push({ code: 'column-added', severity: 'warning', detail, ...place, column });
  }
  return { header: keep.map((index) => names[index]!), fields: names.length, keep, findings };
}

/** A single column whose name holds another usual delimiter was hardly meant. It stays a column: nothing is guessed. */
function dialectHint(names: readonly string[], delimiter: string, member: string, table: string): Finding[] {
  if (names.length !== 1) return [];
  const other = [',', ';', '\t', '|'].find((c) => c !== delimiter && names[0]!.includes(c));
  if (other === undefined) return [];
  const detail = `one column only; looks like the delimiter is ${JSON.stringify(other)}, not ${JSON.stringify(delimiter)}`;
  return [{ code: 'member-dialect', severity: 'warning', detail, member, table }];
}

function quoteName(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}...` : name);
}
