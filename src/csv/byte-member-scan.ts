import { isUtf8 } from 'node:buffer';
import type { FindingCode } from '../quality/finding.js';
import { fitsColumnType, joinColumnTypes, typeOfValue } from './column-type.js';
import { type ByteDialect, byteDialect, CR, LF } from './csv-dialect.js';
import { HeaderRejected, type ResolvedHeader, resolveHeader } from './csv-header.js';
import {
  type CreateMemberScan,
  MAX_QUARANTINED_ROWS,
  MAX_RAW_BYTES,
  type MemberProfile,
  type MemberScan,
  type MemberScanOptions,
} from './member-scan.js';
import { ProfileBuilder } from './profile-builder.js';
import { RowEnd, RowParser } from './row-parser.js';
import { RowWriter } from './row-writer.js';
import { inspectTextStart, TEXT_START_BYTES } from './text-start.js';
import { createTranscoder, EncodingError, type Transcoder } from './transcoder.js';
import { firstInvalidUtf8, isUtf8Prefix } from './utf8.js';

/** The reference scanner: plain byte loops. What it says about a member is the definition other scanners are held to. */
export const createByteMemberScan: CreateMemberScan = (options) => new ByteMemberScan(options);

const REPLACEMENT = Buffer.from('\ufffd');
const BOM = Buffer.from('\ufeff');
const CTRL_Z = 0x1a;

type Phase = 'start' | 'header' | 'rows' | 'skipping' | 'rejected';

class ByteMemberScan implements MemberScan {
  readonly #options: MemberScanOptions;
  readonly #profile: ProfileBuilder;
  readonly #dialect: ByteDialect;
  readonly #parser: RowParser;
  readonly #writer: RowWriter;
  readonly #transcoder: Transcoder | undefined;
  #phase: Phase = 'start';
  #header: ResolvedHeader | undefined;
  #expected: (Parameters<typeof fitsColumnType>[1] | undefined)[] = [];
  /** Bytes not yet taken: an unfinished row, and what arrived since it was last looked at. */
  #pending: Uint8Array = new Uint8Array(0);
  #pendingLength = 0;
  /** With fewer bytes than this there is no point in looking again: keeps long rows linear. */
  #lookAt = 0;
  /** Offset in the (decoded) member of the first pending byte, and its physical line. */
  #offset = 0;
  #line = 1;
  #bytesRead = 0;
  /** Properties of the whole window that spare looking at each row. */
  #windowIsText = true;
  #windowHasNul = false;

  constructor(options: MemberScanOptions) {
    this.#options = options;
    this.#profile = new ProfileBuilder(options);
    this.#dialect = byteDialect(options.table.dialect);
    this.#parser = new RowParser(this.#dialect, options.limits.columns + 1);
    this.#writer = new RowWriter(options.rows);
    this.#transcoder = createTranscoder(options.table.dialect.encoding);
  }

  write(chunk: Uint8Array): void {
    this.#bytesRead += chunk.byteLength;
    if (this.#phase === 'rejected' || chunk.byteLength === 0) return;
    if (this.#phase === 'start') {
      this.#keep(chunk);
      if (this.#pendingLength >= TEXT_START_BYTES) this.#begin(false);
      return;
    }
    this.#take(this.#decode(chunk), false);
  }

  end(): MemberProfile {
    if (this.#phase === 'start') this.#begin(true);
    else if (this.#phase !== 'rejected') this.#take(this.#decodeRest(), true);
    if (this.#phase === 'header') {
      this.#reject('member-empty', this.#bytesRead === 0 ? 'no bytes' : 'no header line');
    }
    this.#writer.flush();
    return this.#profile.build();
  }

  #begin(final: boolean): void {
    const head = this.#pending.slice(0, this.#pendingLength);
    this.#pendingLength = 0;
    const { encoding } = this.#options.table.dialect;
    const { skip, mismatch } = inspectTextStart(head, encoding);
    this.#phase = 'header';
    if (mismatch !== undefined) return this.#reject('member-encoding', mismatch, { offset: 0 });
    if (!this.#transcoder) this.#offset = skip;
    const rest = this.#decode(head.subarray(skip));
    this.#take(final ? Buffer.concat([rest, this.#decodeRest()]) : rest, final);
  }

  #decode(chunk: Uint8Array): Uint8Array {
    return this.#transcoder ? this.#transcoder.write(chunk) : chunk;
  }

  #decodeRest(): Uint8Array {
    try {
      return this.#transcoder?.end() ?? new Uint8Array(0);
    } catch (error) {
      if (!(error instanceof EncodingError)) throw error;
      this.#reject('member-encoding', error.message);
      return new Uint8Array(0);
    }
  }

  /** Scans what is pending and `chunk`; keeps the unfinished row at the end. */
  #take(chunk: Uint8Array, final: boolean): void {
    if (this.#pendingLength > 0) {
      this.#keep(chunk);
      if (this.#pendingLength < this.#lookAt && !final) return;
      const window = this.#pending.subarray(0, this.#pendingLength);
      const taken = this.#scan(window, final);
      if (this.#pendingLength === 0) return;
      this.#pending.copyWithin(0, taken, this.#pendingLength);
      this.#pendingLength -= taken;
    } else {
      const taken = this.#scan(chunk, final);
      this.#keep(chunk.subarray(taken));
    }
    this.#lookAt = Math.min(this.#pendingLength * 2, this.#pendingLength + this.#options.limits.recordBytes);
  }

  #keep(chunk: Uint8Array): void {
    const length = this.#pendingLength + chunk.byteLength;
    if (length > this.#pending.byteLength) {
      const grown = new Uint8Array(Math.max(length, this.#pending.byteLength * 2));
      grown.set(this.#pending.subarray(0, this.#pendingLength));
      this.#pending = grown;
    }
    this.#pending.set(chunk, this.#pendingLength);
    this.#pendingLength = length;
  }

  /** @returns bytes of the window that are done with */
  #scan(window: Uint8Array, final: boolean): number {
    this.#windowIsText = this.#transcoder
      ? !Buffer.from(window.buffer, window.byteOffset, window.byteLength).includes(REPLACEMENT)
      : final
        ? isUtf8(window)
        : isUtf8Prefix(window);
    this.#windowHasNul = window.includes(0);
    let at = 0;
    if (this.#phase === 'header') at = this.#scanHeader(window, final);
    if (this.#phase === 'skipping') at = this.#skipLongRow(window, at, final);
    if (this.#phase === 'rows') at = this.#scanRows(window, at, final);
    if (this.#phase === 'rejected') at = window.byteLength;
    return at;
  }

  #scanHeader(window: Uint8Array, final: boolean): number {
    const { headerBytes } = this.#options.limits;
    const parser = this.#parser;
    let at = 0;
    while (at < window.byteLength) {
      if (startsWith(window, at, BOM)) {
        this.#profile.find('member-encoding', 'warning', 'more than one byte-order mark', {
          offset: this.#offset,
        });
        at += BOM.length;
        this.#offset += BOM.length;
        continue;
      }
      const ended = parser.parse(window, at, window.byteLength, final);
      const length = (ended === RowEnd.partial ? window.byteLength - 2 : parser.end) - at;
      if (length > headerBytes) {
        this.#reject('member-limit', `the header line is longer than ${headerBytes} bytes`, {
          line: this.#line,
        });
        return at;
      }
      if (ended === RowEnd.partial) return at;
      if (ended === RowEnd.complete && parser.end === at) {
        at = this.#pass(at);
        continue;
      }
      this.#resolveHeader(window, at, ended);
      return this.#pass(at);
    }
    return at;
  }

  #resolveHeader(window: Uint8Array, at: number, ended: RowEnd): void {
    const place = { line: this.#line, offset: this.#reportOffset(0) };
    if (ended !== RowEnd.complete) {
      return this.#reject('member-no-header', `the header's quotes are broken: ${faultText(ended)}`, place);
    }
    const parser = this.#parser;
    if (parser.end === at + 1 && window[at] === CTRL_Z)
      return this.#reject('member-empty', 'only a ^Z', place);
    const fields: Uint8Array[] = [];
    for (let i = 0; i < Math.min(parser.fields, this.#options.limits.columns + 1); i++) {
      fields.push(this.#value(window, parser.starts[i]!, parser.ends[i]!));
    }
    if (
      fields.every((field) => field.every((byte) => byte === 0)) &&
      fields.some((field) => field.length > 0)
    ) {
      return this.#reject('member-empty', 'only NUL bytes', place);
    }
    const resolved = resolveHeader(fields, this.#options);
    if (resolved instanceof HeaderRejected) {
      const { code, detail, column } = resolved;
      return this.#reject(code, detail, { ...place, column });
    }
    if (
      this.#transcoder &&
      !this.#windowIsText &&
      fields.some((field) => Buffer.from(field).includes(REPLACEMENT))
    ) {
      return this.#reject(
        'member-encoding',
        `the header is not ${this.#options.table.dialect.encoding}`,
        place,
      );
    }
    this.#header = resolved;
    this.#profile.setHeader(resolved);
    this.#expected = resolved.header.map((name) =>
      Object.hasOwn(this.#options.table.types, name) ? this.#options.table.types[name] : undefined,
    );
    parser.expect(resolved.fields);
    this.#options.onHeader?.(resolved.header);
    this.#phase = 'rows';
  }

  #scanRows(window: Uint8Array, from: number, final: boolean): number {
    const parser = this.#parser;
    const header = this.#header!;
    const { recordBytes } = this.#options.limits;
    const verbatim = this.#dialect.canonical && header.keep === undefined;
    const end = window.byteLength;
    let at = from;
    // Rows from here to `at` are canonical as they stand and not yet handed on.
    let run = from;
    while (at < end) {
      const ended = parser.parse(window, at, end, final);
      const length = (ended === RowEnd.partial ? end - 2 : parser.end) - at;
      if (length > recordBytes) {
        this.#writer.copyRows(window, run, at);
        return this.#limitRow(window, at, final);
      }
      if (ended === RowEnd.partial) break;
      if (parser.end === at && ended === RowEnd.complete && !this.#isNullRow()) {
        this.#writer.copyRows(window, run, at);
        at = this.#pass(at);
        run = at;
        continue;
      }
      this.#profile.rows++;
      const good = ended === RowEnd.complete ? this.#accept(window, at) : this.#fault(window, at, ended);
      if (this.#phase !== 'rows') return at;
      const next = parser.next;
      const emptyValue = parser.end === at;
      if (good && verbatim && !emptyValue && next === parser.end + 1 && window[parser.end] === LF) {
        at = this.#pass(at);
        continue;
      }
      this.#writer.copyRows(window, run, at);
      if (good) {
        if (verbatim && !emptyValue) this.#writer.copyRow(window, at, parser.end);
        else this.#rewrite(window, header);
      }
      at = this.#pass(at);
      run = at;
    }
    this.#writer.copyRows(window, run, at);
    return at;
  }

  /** Moves past the row just parsed. */
  #pass(at: number): number {
    const { next, end, innerLines } = this.#parser;
    this.#offset += next - at;
    this.#line += innerLines + (next > end ? 1 : 0);
    return next;
  }

  #isNullRow(): boolean {
    return this.#header!.fields === 1 && this.#options.table.blankLines === 'null-row';
  }

  /** Whether the row may go to the table; counts it if so, sets it aside if not. */
  #accept(window: Uint8Array, at: number): boolean {
    const parser = this.#parser;
    const { end } = parser;
    if (!this.#windowIsText && !this.#isText(window, at, end)) return false;
    if (this.#windowHasNul) {
      const nul = window.subarray(at, end).indexOf(0);
      if (nul >= 0) return this.#setAside(window, at, 'row-nul', `NUL byte ${nul} bytes into the row`);
    }
    if (end === at + 1 && window[at] === CTRL_Z) return this.#setAside(window, at, 'row-nul', 'only a ^Z');
    const { fields } = this.#header!;
    if (parser.fields !== fields) {
      const code = parser.fields < fields ? 'row-short' : 'row-long';
      return this.#setAside(window, at, code, `${parser.fields} fields, the header has ${fields}`);
    }
    return this.#count(window, at);
  }

  #isText(window: Uint8Array, at: number, end: number): boolean {
    const row = window.subarray(at, end);
    if (this.#transcoder) {
      const bad = Buffer.from(row.buffer, row.byteOffset, row.byteLength).indexOf(REPLACEMENT);
      if (bad < 0) return true;
      const { encoding } = this.#options.table.dialect;
      return this.#setAside(
        window,
        at,
        'row-encoding',
        `bytes that are not ${encoding}, ${bad} bytes into the row`,
      );
    }
    const bad = firstInvalidUtf8(row);
    if (bad < 0) return true;
    const byte = row[bad]!.toString(16).padStart(2, '0');
    const detail = `byte 0x${byte} at offset ${this.#offset + bad} is not UTF-8 (is dialect.encoding right?)`;
    return this.#setAside(window, at, 'row-encoding', detail);
  }

  /** Checks types against the contract and adds the row to the profile. */
  #count(window: Uint8Array, at: number): boolean {
    const { starts, ends } = this.#parser;
    const { keep } = this.#header!;
    const { types, nulls } = this.#profile;
    const columns = types.length;
    if (this.#expected.length > 0 && !this.#fitsTypes(window, at)) return false;
    for (let column = 0; column < columns; column++) {
      const field = keep ? keep[column]! : column;
      const start = starts[field]!;
      const end = ends[field]!;
      if (start === end || this.#isNullToken(window, start, end)) nulls[column]!++;
      else if (types[column] !== 'text') {
        const type = typeOfValue(window, start, end);
        if (type !== types[column]) types[column] = joinColumnTypes(types[column]!, type);
      }
    }
    return true;
  }

  #fitsTypes(window: Uint8Array, at: number): boolean {
    const { header, keep } = this.#header!;
    const mode = this.#options.table.contract.types;
    for (let column = 0; column < header.length; column++) {
      const expected = this.#expected[column];
      if (expected === undefined || expected === 'text') continue;
      const field = keep ? keep[column]! : column;
      const start = this.#parser.starts[field]!;
      const end = this.#parser.ends[field]!;
      if (this.#isNullToken(window, start, end)) continue;
      const actual = typeOfValue(window, start, end);
      if (fitsColumnType(actual, expected)) continue;
      const detail = `a value of column ${JSON.stringify(header[column])} is ${actual}, expected ${expected}`;
      if (mode === 'discard' || mode === 'quarantine') {
        return this.#setAside(window, at, 'row-type', detail, header[column], mode === 'quarantine');
      }
      const place = { ...this.#place(), column: header[column] };
      if (mode === 'freeze')
        this.#profile.find('contract-breach', 'error', `${detail} (contract: freeze)`, place);
      else this.#profile.find('row-type', 'warning', detail, place);
    }
    return true;
  }

  #isNullToken(window: Uint8Array, start: number, end: number): boolean {
    for (const token of this.#dialect.nullTokens) {
      if (token.length === end - start && startsWith(window, start, token)) return true;
    }
    return false;
  }

  #rewrite(window: Uint8Array, { keep, fields }: ResolvedHeader): void {
    const { starts, ends, doubled } = this.#parser;
    const columns = keep ? keep.length : fields;
    if (columns === 1 && starts[keep ? keep[0]! : 0] === ends[keep ? keep[0]! : 0]) this.#writer.emptyValue();
    else {
      for (let column = 0; column < columns; column++) {
        const field = keep ? keep[column]! : column;
        this.#writer.field(
          window,
          starts[field]!,
          ends[field]!,
          doubled ? this.#dialect.quote : undefined,
          column === 0,
        );
      }
    }
    this.#writer.endRow();
  }

  #fault(window: Uint8Array, at: number, ended: RowEnd): false {
    const code = ended === RowEnd.unterminated ? 'row-unterminated-quote' : 'row-quote';
    return this.#setAside(window, at, code, faultText(ended));
  }

  #setAside(
    window: Uint8Array,
    at: number,
    code: FindingCode,
    detail: string,
    column?: string,
    withRaw = true,
  ): false {
    const { row, line, offset } = this.#place();
    this.#profile.rowsQuarantined++;
    this.#profile.find(code, 'error', detail, { row, line, offset, column });
    const raw = window.subarray(at, Math.min(this.#parser.end, at + this.#options.limits.recordBytes));
    this.#options.quarantine.row({
      row,
      line,
      ...(offset === undefined ? {} : { offset }),
      code,
      detail,
      ...(withRaw ? { raw: code === 'row-limit' ? raw.subarray(0, MAX_RAW_BYTES) : raw } : {}),
    });
    if (this.#profile.rowsQuarantined > MAX_QUARANTINED_ROWS) {
      this.#reject('member-rejected', `more than ${MAX_QUARANTINED_ROWS} rows cannot be read`, {
        row,
        line,
        offset,
      });
    }
    return false;
  }

  /** A row above the limit: what it has up to the limit decides, so that chunk borders do not. */
  #limitRow(window: Uint8Array, at: number, final: boolean): number {
    const { recordBytes } = this.#options.limits;
    const limit = at + recordBytes;
    const parser = this.#parser;
    if (parser.parse(window, at, limit, true) === RowEnd.unterminated) {
      const detail = `a quoted field does not close within ${recordBytes} bytes`;
      this.#reject('member-limit', detail, { ...this.#place(1), row: this.#profile.rows + 1 });
      return at;
    }
    this.#profile.rows++;
    parser.end = limit;
    this.#setAside(window, at, 'row-limit', `longer than ${recordBytes} bytes`);
    if (this.#phase !== 'rows') return at;
    this.#line += countLineEnds(window, at, limit);
    this.#offset += recordBytes;
    this.#phase = 'skipping';
    return this.#skipLongRow(window, limit, final);
  }

  #skipLongRow(window: Uint8Array, from: number, final: boolean): number {
    const parser = this.#parser;
    parser.innerLines = 0;
    if (parser.skipLine(window, from, window.byteLength, final)) {
      this.#phase = 'rows';
      const next = this.#pass(from);
      return next < window.byteLength ? this.#scanRows(window, next, final) : next;
    }
    // A CR as the last byte is left for the next look: it may be half of a CRLF.
    const taken = window[window.byteLength - 1] === CR ? window.byteLength - 1 : window.byteLength;
    this.#offset += taken - from;
    return taken;
  }

  #place(rowsAhead = 0): { row: number; line: number; offset: number | undefined } {
    return { row: this.#profile.rows + rowsAhead, line: this.#line, offset: this.#reportOffset(0) };
  }

  /** Offsets are those of the bytes in the archive; of decoded members they are not known. */
  #reportOffset(ahead: number): number | undefined {
    return this.#transcoder ? undefined : this.#offset + ahead;
  }

  /** A field's value without doubled quotes. */
  #value(window: Uint8Array, start: number, end: number): Uint8Array {
    if (!this.#parser.doubled) return window.subarray(start, end);
    const value: number[] = [];
    for (let i = start; i < end; i++) {
      value.push(window[i]!);
      if (window[i] === this.#dialect.quote) i++;
    }
    return Uint8Array.from(value);
  }

  #reject(
    code: FindingCode,
    detail: string,
    place: { row?: number; line?: number; offset?: number | undefined; column?: string | undefined } = {},
  ): void {
    this.#profile.reject(code, detail, place);
    this.#phase = 'rejected';
    this.#pending = new Uint8Array(0);
    this.#pendingLength = 0;
  }
}

function faultText(ended: RowEnd): string {
  switch (ended) {
    case RowEnd.bareQuote:
      return 'a quote inside an unquoted value';
    case RowEnd.textAfterQuote:
      return 'text after a closing quote';
    default:
      return 'a quoted value does not close before the end of the member';
  }
}

function startsWith(bytes: Uint8Array, at: number, prefix: Uint8Array): boolean {
  if (bytes.byteLength - at < prefix.byteLength) return false;
  for (let i = 0; i < prefix.byteLength; i++) if (bytes[at + i] !== prefix[i]) return false;
  return true;
}

function countLineEnds(bytes: Uint8Array, from: number, to: number): number {
  let lines = 0;
  for (let i = from; i < to; i++) {
    if (bytes[i] === LF ? bytes[i - 1] !== CR : bytes[i] === CR) lines++;
  }
  return lines;
}
