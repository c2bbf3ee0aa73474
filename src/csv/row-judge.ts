import type { ColumnType } from '../ingest/manifest.js';
import type { FindingCode } from '../quality/finding.js';
import { fitsColumnType, joinColumnTypes, typeOfValue } from './column-type.js';
import type { ByteDialect } from './csv-dialect.js';
import type { ResolvedHeader } from './csv-header.js';
import { MAX_QUARANTINED_ROWS, MAX_RAW_BYTES, type MemberScanOptions } from './member-scan.js';
import type { ProfileBuilder } from './profile-builder.js';
import type { RowParser } from './row-parser.js';
import { firstInvalidUtf8, REPLACEMENT } from './utf8.js';

/** Where the row under judgement is. */
export interface RowPlace {
  readonly row: number;
  readonly line: number;
  /** Absent where the member was decoded from another encoding. */
  readonly offset?: number;
}

/** What is known of a whole window, so that most rows need not be looked at. */
export interface WindowFacts {
  /** All of it is text in the member's encoding. */
  readonly isText: boolean;
  readonly hasNul: boolean;
}

const CTRL_Z = 0x1a;

/** Decides about whole rows: to the table, with their nulls and types counted, or aside. */
export class RowJudge {
  readonly #options: MemberScanOptions;
  readonly #profile: ProfileBuilder;
  readonly #parser: RowParser;
  readonly #tokens: readonly Uint8Array[];
  #fields = 0;
  #keep: readonly number[] | undefined;
  #header: readonly string[] = [];
  /** Per column, what the table expects; `text` fits everything. Empty where nothing is. */
  #expected: readonly (Exclude<ColumnType, 'null'> | undefined)[] = [];

  constructor(options: MemberScanOptions, dialect: ByteDialect, profile: ProfileBuilder, parser: RowParser) {
    this.#options = options;
    this.#tokens = dialect.nullTokens;
    this.#profile = profile;
    this.#parser = parser;
  }

  setHeader({ header, fields, keep }: ResolvedHeader): void {
    const { types } = this.#options.table;
    this.#header = header;
    this.#fields = fields;
    this.#keep = keep;
    const expected = header.map((name) => (Object.hasOwn(types, name) ? types[name] : undefined));
    if (expected.some((type) => type !== undefined)) this.#expected = expected;
  }

  /** Judges the row just parsed, which begins at `at`. */
  accepts(window: Uint8Array, at: number, facts: WindowFacts, place: RowPlace): boolean {
    const parser = this.#parser;
    const { end } = parser;
    if (!facts.isText && !this.#isText(window, at, end, place)) return false;
    if (facts.hasNul) {
      const nul = window.subarray(at, end).indexOf(0);
      if (nul >= 0) return this.setAside(window, at, 'row-nul', `NUL byte ${nul} bytes into the row`, place);
    }
    if (end === at + 1 && window[at] === CTRL_Z) {
      return this.setAside(window, at, 'row-nul', 'only a ^Z', place);
    }
    if (parser.fields !== this.#fields) {
      const code = parser.fields < this.#fields ? 'row-short' : 'row-long';
      return this.setAside(
        window,
        at,
        code,
        `${parser.fields} fields, the header has ${this.#fields}`,
        place,
      );
    }
    if (this.#expected.length > 0 && !this.#fitsTypes(window, at, place)) return false;
    this.#count(window);
    return true;
  }

  /** Puts the row into the quarantine. @returns false, as what became of the row */
  setAside(
    window: Uint8Array,
    at: number,
    code: FindingCode,
    detail: string,
    place: RowPlace,
    { column, raw = true }: { column?: string | undefined; raw?: boolean } = {},
  ): false {
    this.#profile.rowsQuarantined++;
    this.#profile.find(code, 'error', detail, { ...place, column });
    const most = code === 'row-limit' ? MAX_RAW_BYTES : Number.POSITIVE_INFINITY;
    const bytes = window.subarray(at, Math.min(this.#parser.end, at + most));
    this.#options.quarantine.row({ ...place, code, detail, ...(raw ? { raw: bytes } : {}) });
    if (this.#profile.rowsQuarantined > MAX_QUARANTINED_ROWS) {
      const all = `more than ${MAX_QUARANTINED_ROWS} rows cannot be read`;
      this.#profile.reject('member-rejected', all, place);
    }
    return false;
  }

  #isText(window: Uint8Array, at: number, end: number, place: RowPlace): boolean {
    const row = window.subarray(at, end);
    const { encoding } = this.#options.table.dialect;
    if (place.offset === undefined) {
      const bad = Buffer.from(row.buffer, row.byteOffset, row.byteLength).indexOf(REPLACEMENT);
      if (bad < 0) return true;
      return this.setAside(window, at, 'row-encoding', `bytes that are not ${encoding}`, place);
    }
    const bad = firstInvalidUtf8(row);
    if (bad < 0) return true;
    const byte = row[bad]!.toString(16).padStart(2, '0');
    const detail = `byte 0x${byte} at offset ${place.offset + bad} is not UTF-8 (is dialect.encoding right?)`;
    return this.setAside(window, at, 'row-encoding', detail, place);
  }

  #fitsTypes(window: Uint8Array, at: number, place: RowPlace): boolean {
    const mode = this.#options.table.contract.types;
    for (let column = 0; column < this.#expected.length; column++) {
      const expected = this.#expected[column];
      if (expected === undefined || expected === 'text') continue;
      const field = this.#keep ? this.#keep[column]! : column;
      const start = this.#parser.starts[field]!;
      const end = this.#parser.ends[field]!;
      if (start === end || this.#isNullToken(window, start, end)) continue;
      const actual = typeOfValue(window, start, end);
      if (fitsColumnType(actual, expected)) continue;
      const name = this.#header[column];
      const detail = `a value of column ${JSON.stringify(name)} is ${actual}, expected ${expected}`;
      if (mode === 'discard' || mode === 'quarantine') {
        const raw = mode === 'quarantine';
        return this.setAside(window, at, 'row-type', detail, place, { column: name, raw });
      }
      // `freeze` refuses the table when it is planned; here it is only located.
      this.#profile.find('row-type', 'warning', detail, { ...place, column: name });
    }
    return true;
  }

  #count(window: Uint8Array): void {
    const { starts, ends } = this.#parser;
    const { types, nulls } = this.#profile;
    const keep = this.#keep;
    const hasTokens = this.#tokens.length > 0;
    for (let column = 0; column < types.length; column++) {
      const field = keep ? keep[column]! : column;
      const start = starts[field]!;
      const end = ends[field]!;
      if (start === end || (hasTokens && this.#isNullToken(window, start, end))) {
        nulls[column] = nulls[column]! + 1;
        continue;
      }
      const known = types[column]!;
      if (known === 'text') continue;
      const type = typeOfValue(window, start, end);
      if (type !== known) types[column] = joinColumnTypes(known, type);
    }
  }

  #isNullToken(window: Uint8Array, start: number, end: number): boolean {
    for (const token of this.#tokens) {
      if (token.length !== end - start) continue;
      let same = true;
      for (let i = 0; i < token.length && same; i++) same = window[start + i] === token[i];
      if (same) return true;
    }
    return false;
  }
}
