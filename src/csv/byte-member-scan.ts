import { isUtf8 } from 'node:buffer';
import type { FindingCode } from '../quality/finding.js';
import { asBuffer } from './as-buffer.js';
import type { BulkRows, CreateBulkRows } from './bulk-rows.js';
import { Checkpoints } from './checkpoints.js';
import { type ByteDialect, byteDialect, CR, LF } from './csv-dialect.js';
import { HeaderRejected, type ResolvedHeader } from './csv-header.js';
import { readHeader } from './header-fields.js';
import type { CreateMemberScan, MemberProfile, MemberScan, MemberScanOptions } from './member-scan.js';
import { type Place, ProfileBuilder } from './profile-builder.js';
import { RowJudge, type RowPlace, type WindowFacts } from './row-judge.js';
import { RowEnd, RowParser, rowFaultText } from './row-parser.js';
import { RowWriter } from './row-writer.js';
import { TextFeed } from './text-feed.js';
import { isUtf8Prefix, REPLACEMENT } from './utf8.js';

/** The reference scanner: plain byte loops. What it says about a member is the definition other scanners are held to. */
export const createByteMemberScan: CreateMemberScan = (options) => new ByteMemberScan(options);

const BOM = Buffer.from('\ufeff');

type Phase = 'header' | 'rows' | 'skipping' | 'rejected';

export class ByteMemberScan implements MemberScan {
  readonly #options: MemberScanOptions;
  readonly #feed: TextFeed;
  readonly #profile: ProfileBuilder;
  readonly #dialect: ByteDialect;
  readonly #parser: RowParser;
  readonly #judge: RowJudge;
  readonly #writer: RowWriter;
  readonly #checkpoints = new Checkpoints();
  /** Canonical bytes behind which rows are taken one by one. */
  readonly #bulkUntil: number;
  readonly #createBulk: CreateBulkRows | undefined;
  #bulk: BulkRows | undefined;
  #phase: Phase = 'header';
  #header: ResolvedHeader | undefined;
  /** Offset in the text of the first byte not yet passed, its physical line, and the data rows before it. */
  #offset = 0;
  #line = 1;
  #facts: WindowFacts = { isText: true, hasNul: false };

  constructor(options: MemberScanOptions, createBulk?: CreateBulkRows) {
    this.#options = options;
    this.#createBulk = createBulk;
    this.#bulkUntil = options.onRow ? (options.onRowFrom ?? 0) : Number.POSITIVE_INFINITY;
    const { dialect } = options.table;
    this.#profile = new ProfileBuilder(options);
    this.#dialect = byteDialect(dialect);
    this.#parser = new RowParser(this.#dialect, options.limits.columns + 1);
    this.#judge = new RowJudge(options, this.#dialect, this.#profile, this.#parser);
    this.#writer = new RowWriter(options.rows);
    this.#feed = new TextFeed(dialect.encoding, {
      scan: (window, final) => this.#scan(window, final),
      passed: (bytes) => {
        this.#writer.flush();
        options.onPassed?.(bytes);
      },
      mismatch: (detail) => this.#reject('member-encoding', detail, { offset: 0 }),
    });
  }

  get held(): Uint8Array {
    return this.#feed.held;
  }

  write(chunk: Uint8Array): void {
    this.#feed.write(chunk);
    this.#writer.flush();
  }

  end(): MemberProfile {
    this.#feed.end();
    if (this.#phase === 'header') {
      this.#reject('member-empty', this.#feed.bytesRead === 0 ? 'no bytes' : 'no header line');
    }
    this.#writer.flush();
    return { ...this.#profile.build(), checkpoints: this.#checkpoints.list };
  }

  #scan(window: Uint8Array, final: boolean): number {
    this.#facts = { isText: this.#isText(window, final), hasNul: asBuffer(window).includes(0) };
    let at = 0;
    if (this.#phase === 'header') at = this.#scanHeader(window, final);
    // A row above the limit is skipped to its end, behind which rows go on.
    for (let before = -1; before !== at && at < window.byteLength; ) {
      before = at;
      if (this.#phase === 'skipping') at = this.#skip(window, at, final);
      if (this.#phase === 'rows') at = this.#scanRows(window, at, final);
    }
    return this.#phase === 'rejected' ? window.byteLength : at;
  }

  #isText(window: Uint8Array, final: boolean): boolean {
    if (!this.#feed.decodes) return final ? isUtf8(window) : isUtf8Prefix(window);
    return !asBuffer(window).includes(REPLACEMENT);
  }

  #scanHeader(window: Uint8Array, final: boolean): number {
    const { headerBytes } = this.#options.limits;
    const parser = this.#parser;
    let at = 0;
    while (at < window.byteLength && this.#phase === 'header') {
      if (BOM.equals(window.subarray(at, at + BOM.length))) {
        this.#profile.find('member-encoding', 'warning', 'more than one byte-order mark', this.#place());
        this.#offset += BOM.length;
        at += BOM.length;
        continue;
      }
      const ended = parser.parse(window, at, window.byteLength, final);
      const length = (ended === RowEnd.partial ? window.byteLength - 2 : parser.end) - at;
      if (length > headerBytes) {
        this.#reject('member-limit', `the header line is longer than ${headerBytes} bytes`, this.#place());
      } else if (ended === RowEnd.partial) return at;
      else {
        if (ended !== RowEnd.complete || parser.end > at) this.#takeHeader(window, at, ended);
        at = this.#pass(at);
      }
    }
    return at;
  }

  #takeHeader(window: Uint8Array, at: number, ended: RowEnd): void {
    const header = readHeader(window, at, ended, this.#parser, this.#dialect, this.#options, this.#facts);
    if (header instanceof HeaderRejected) {
      this.#reject(header.code, header.detail, { ...this.#place(), column: header.column });
      return;
    }
    this.#header = header;
    this.#profile.setHeader(header);
    this.#judge.setHeader(header);
    this.#parser.expect(header.fields);
    this.#phase = 'rows';
    if (this.#dialect.canonical && header.keep === undefined) {
      const { table, limits } = this.#options;
      const { nullTokens } = this.#dialect;
      const names = header.header;
      this.#bulk = this.#createBulk?.(this.#profile, { names, types: table.types, nullTokens, limits });
    }
    this.#options.onHeader?.(header.header);
  }

  #scanRows(window: Uint8Array, from: number, final: boolean): number {
    const parser = this.#parser;
    const header = this.#header!;
    const { recordBytes } = this.#options.limits;
    const verbatim = this.#dialect.canonical && header.keep === undefined;
    const nullRows = header.fields === 1 && this.#options.table.blankLines === 'null-row';
    const end = window.byteLength;
    let at = from;
    // Rows from here to `at` are canonical as they stand and not yet handed on.
    let run = from;
    const bulk = this.#facts.isText && !this.#facts.hasNul ? this.#bulk : undefined;
    while (at < end) {
      const written = this.#writer.bytes + at - run;
      if (bulk && written < this.#bulkUntil) {
        const before = at;
        at = this.#takeBulk(bulk, window, at, written);
        if (bulk.rewritten) {
          this.#writer.copyRows(window, run, before);
          this.#writer.copyRows(bulk.rewritten, 0, bulk.rewritten.length);
          run = at;
        }
        if (at === end) break;
      }
      const ended = parser.parse(window, at, end, final);
      if ((ended === RowEnd.partial ? end - 2 : parser.end) - at > recordBytes) {
        this.#writer.copyRows(window, run, at);
        return this.#limitRow(window, at);
      }
      if (ended === RowEnd.partial) break;
      const { next } = parser;
      const blank = parser.end === at && ended === RowEnd.complete;
      const good = (!blank || nullRows) && this.#judgeRow(window, at, ended);
      if (this.#profile.rejected) {
        this.#rejected();
        return at;
      }
      if (good) this.#written(window, at, this.#writer.bytes + at - run);
      else this.#checkpoints.gap();
      if (good && verbatim && !blank && next === parser.end + 1 && window[parser.end] === LF) {
        at = this.#pass(at);
        continue;
      }
      this.#writer.copyRows(window, run, at);
      if (good) {
        if (verbatim && !blank) this.#writer.copyRow(window, at, parser.end);
        else this.#writer.rewriteRow(window, parser, header, this.#dialect.quote);
      }
      at = this.#pass(at);
      run = at;
    }
    this.#writer.copyRows(window, run, at);
    return at;
  }

  /** `written`: canonical bytes before `at`. */
  #takeBulk(bulk: BulkRows, window: Uint8Array, at: number, written: number): number {
    const checkpoints = this.#checkpoints;
    const due = checkpoints.isDue(written);
    const until = at + Math.min(checkpoints.boundary(written), this.#bulkUntil) - written;
    const taken = bulk.take(until < window.byteLength ? window.subarray(0, until) : window, at);
    if (due && taken > 0) checkpoints.take({ ...this.#place(), row: this.#rowsWritten, at: written });
    this.#profile.rows += bulk.rows;
    this.#line += bulk.lines;
    this.#offset += taken;
    return at + taken;
  }

  /** The row just judged is good. */
  #written(window: Uint8Array, at: number, written: number): void {
    const row = this.#rowsWritten - 1;
    if (this.#checkpoints.isDue(written)) this.#checkpoints.take({ ...this.#place(), row, at: written });
    this.#options.onRow?.({ ...this.#place(), row, raw: window.subarray(at, this.#parser.end) });
    // The line ends inside a column that is left out are not in the row written.
    if (this.#header!.keep && this.#parser.innerLines > 0) this.#checkpoints.gap();
  }

  get #rowsWritten(): number {
    return this.#profile.rows - this.#profile.rowsQuarantined;
  }

  #judgeRow(window: Uint8Array, at: number, ended: RowEnd): boolean {
    this.#profile.rows++;
    const place = this.#rowPlace();
    if (ended === RowEnd.complete) return this.#judge.accepts(window, at, this.#facts, place);
    const code = ended === RowEnd.unterminated ? 'row-unterminated-quote' : 'row-quote';
    return this.#judge.setAside(window, at, code, rowFaultText(ended), place);
  }

  /** A row above the limit: what it has up to the limit decides, so that chunk borders do not. */
  #limitRow(window: Uint8Array, at: number): number {
    const { recordBytes } = this.#options.limits;
    const limit = at + recordBytes;
    const parser = this.#parser;
    this.#profile.rows++;
    this.#checkpoints.gap();
    if (parser.parse(window, at, limit, true) === RowEnd.unterminated) {
      const detail = `a quoted value does not close within ${recordBytes} bytes`;
      this.#reject('member-limit', detail, this.#rowPlace());
      return at;
    }
    parser.end = limit;
    this.#judge.setAside(window, at, 'row-limit', `longer than ${recordBytes} bytes`, this.#rowPlace());
    if (this.#profile.rejected) this.#rejected();
    else this.#phase = 'skipping';
    this.#line += countLineEnds(window, at, limit);
    this.#offset += recordBytes;
    return limit;
  }

  #skip(window: Uint8Array, from: number, final: boolean): number {
    const parser = this.#parser;
    if (parser.skipLine(window, from, window.byteLength, final)) {
      this.#phase = 'rows';
      return this.#pass(from);
    }
    // A CR as the last byte is left for the next look: it may be half of a CRLF.
    const to = window[window.byteLength - 1] === CR ? window.byteLength - 1 : window.byteLength;
    this.#offset += to - from;
    return to;
  }

  /** Moves past the row just parsed. */
  #pass(at: number): number {
    const { next, end, innerLines } = this.#parser;
    this.#offset += next - at;
    this.#line += innerLines + (next > end ? 1 : 0);
    return next;
  }

  #rowPlace(): RowPlace {
    return { row: this.#profile.rows, ...this.#place() };
  }

  /** Offsets are those of the bytes in the archive; of decoded members they are not known. */
  #place(): { line: number; offset?: number } {
    if (this.#feed.decodes) return { line: this.#line };
    return { line: this.#line, offset: this.#feed.bomBytes + this.#offset };
  }

  #reject(code: FindingCode, detail: string, place: Place = {}): void {
    this.#profile.reject(code, detail, place);
    this.#rejected();
  }

  #rejected(): void {
    this.#phase = 'rejected';
    this.#feed.close();
  }
}

function countLineEnds(bytes: Uint8Array, from: number, to: number): number {
  let lines = 0;
  for (let i = from; i < to; i++) {
    if (bytes[i] === LF ? bytes[i - 1] !== CR : bytes[i] === CR) lines++;
  }
  return lines;
}
