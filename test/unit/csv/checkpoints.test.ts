import { describe, expect, it } from 'vitest';
import { createByteMemberScan } from '../../../src/csv/byte-member-scan.js';
import { walkRows } from '../../../src/csv/canonical-walk.js';
import { CHECKPOINT_BYTES, type Checkpoint } from '../../../src/csv/checkpoints.js';
import { createKernelMemberScan } from '../../../src/csv/kernel/kernel-member-scan.js';
import type { CreateMemberScan, WrittenRow } from '../../../src/csv/member-scan.js';
import { seededRandom } from '../../../src/demo/random.js';
import { type RulesInput, scanCsv } from '../../support/scan-bytes.js';

/** About `bytes` of rows; `odd`: one in so many is blank, broken, ends with CRLF or holds a line end. */
function rows(bytes: number, odd: number, seed = 1): string {
  const random = seededRandom(seed);
  const lines = ['id,note,payload'];
  let length = 0;
  for (let id = 1; length < bytes; id++) {
    const payload = 'x'.repeat(Math.floor(random() * 200));
    let line = `${id},n${id},${payload}`;
    if (random() * odd < 1) {
      const kind = Math.floor(random() * 6);
      if (kind === 0) line = '';
      else if (kind === 1) line = `${id},short`;
      else if (kind === 2) line = `${id},bare"quote,x`;
      else if (kind === 3) line = `${id},"two\nlines\r\nand a\rthird",${payload}`;
      else if (kind === 4) line += '\r';
      else line = `${id},"quo""ted",${payload}`;
    }
    lines.push(line);
    length += line.length + 1;
  }
  return `${lines.join('\n')}\n`;
}

interface Located {
  text: string;
  checkpoints: readonly Checkpoint[];
  /** By the reference scanner, row by row. */
  written: { line: number; offset?: number; raw: string }[];
}

function locate(csv: string, rules: RulesInput = {}): Located {
  const written: Located['written'] = [];
  const onRow = ({ line, offset, raw }: WrittenRow) =>
    written.push({ line, raw: Buffer.from(raw).toString(), ...(offset === undefined ? {} : { offset }) });
  const create: CreateMemberScan = (options) => createByteMemberScan({ ...options, onRow });
  const { text, checkpoints } = scanCsv(create, csv, { rules });
  return { text, checkpoints, written };
}

/** Line of every row, counted from the last checkpoint before it; `undefined` where that is no more than a bound. */
async function linesOf({ text, checkpoints }: Located): Promise<(number | undefined)[]> {
  const lines: (number | undefined)[] = [];
  const all = [{ row: 0, line: 2, at: 0 }, ...checkpoints];
  for (const [index, from] of all.entries()) {
    const until = all[index + 1]?.at ?? text.length;
    lines.length = from.row;
    await walkRows([Buffer.from(text.slice(from.at, until))], (found) => {
      lines[from.row + found.row] = 'loose' in from && from.loose ? undefined : from.line + found.lines;
      return false;
    });
  }
  return lines;
}

describe('checkpoints', () => {
  it('of plain rows are the first row in every 4 MiB, and the first row of all needs none', () => {
    const csv = rows(2.5 * CHECKPOINT_BYTES, Number.POSITIVE_INFINITY);
    const { text, checkpoints, written } = locate(csv);
    expect(checkpoints.map(({ at }) => Math.floor(at / CHECKPOINT_BYTES))).toEqual([1, 2]);
    for (const { at, row, line, offset } of checkpoints) {
      expect(text.slice(at, at + 20)).toBe(`${written[row]!.raw}\n`.slice(0, 20));
      expect({ line, offset }).toEqual({ line: written[row]!.line, offset: written[row]!.offset });
      expect(csv.slice(offset, offset! + 20)).toBe(text.slice(at, at + 20));
      const before = text.lastIndexOf('\n', at - 2) + 1;
      expect(before).toBeLessThan(Math.floor(at / CHECKPOINT_BYTES) * CHECKPOINT_BYTES);
    }
  });

  it.each([
    ['few odd rows', 20_000, {}],
    [
      'columns left out that hold line ends',
      3000,
      { tables: { t: { columns: ['id', 'payload'], contract: { columns: 'discard' as const } } } },
    ],
    ['another delimiter', 20_000, { dialect: { delimiter: ';', quote: "'" } }],
  ])('give the line of every row: %s', async (_what, odd, rules) => {
    const csv = rows(CHECKPOINT_BYTES * 1.2, odd);
    const other = 'dialect' in rules ? csv.replaceAll(',', ';').replaceAll('"', "'") : csv;
    const located = locate(other, rules);
    expect(await linesOf(located)).toEqual(located.written.map(({ line }) => line));
  });

  it('stay below 0.5 % of the rows, whatever the gaps; lines are exact or not told', async () => {
    const located = locate(rows(CHECKPOINT_BYTES * 1.2, 10));
    const { text, checkpoints, written } = located;
    expect(JSON.stringify(checkpoints).length).toBeLessThan(text.length * 0.005);
    const lines = await linesOf(located);
    const told = lines.filter((line) => line !== undefined);
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThan(lines.length);
    for (const [row, line] of lines.entries()) if (line !== undefined) expect(line).toBe(written[row]!.line);
  });

  it('name a first row that is not on line 2', () => {
    expect(locate('\n"a\nb",c\n\n1,2\n').checkpoints).toEqual([{ row: 0, line: 5, at: 0, offset: 10 }]);
    expect(locate('a,b\n1,2\n').checkpoints).toEqual([]);
  });

  it('of a decoded member have no offset', () => {
    const { checkpoints } = scanCsv(createByteMemberScan, Buffer.from('a,b\n\n1,2\n', 'utf16le'), {
      rules: { dialect: { encoding: 'utf-16le' } },
    });
    expect(checkpoints).toEqual([{ row: 0, line: 3, at: 0 }]);
  });

  it('tell where rows can be taken one by one from: the kernel passes over those before', () => {
    const csv = rows(CHECKPOINT_BYTES * 1.3, 3000);
    const { written, checkpoints, text } = locate(csv);
    const { at, row } = checkpoints.at(-1)!;
    const seen: WrittenRow[] = [];
    const create: CreateMemberScan = (options) =>
      createKernelMemberScan({
        ...options,
        onRowFrom: at,
        onRow: (found) => seen.push({ ...found, raw: Buffer.from(found.raw) }),
      });
    const scanned = scanCsv(create, csv);
    expect(scanned.text).toBe(text);
    const wanted = seen.filter((found) => found.row >= row);
    expect(wanted.map(({ line, raw }) => [line, Buffer.from(raw).toString()])).toEqual(
      written.slice(row).map(({ line, raw }) => [line, raw]),
    );
    expect(seen.length).toBeLessThan(written.length / 2);
  });

  it('are the same of the kernel, and wherever the chunks are cut', () => {
    const plain = [Number.POSITIVE_INFINITY, 5000, 50].map((odd) => rows(CHECKPOINT_BYTES * 2.2, odd, odd));
    for (const [odd, csv] of [...plain, plain[1]!.replaceAll(/\r?\n/g, '\r\n')].entries()) {
      const expected = scanCsv(createByteMemberScan, csv).checkpoints;
      expect(expected.length).toBeGreaterThan(1);
      for (const step of [1_000_000, 65_536, 4_097]) {
        const cuts = Array.from({ length: Math.ceil(csv.length / step) }, (_, index) => index * step);
        expect(scanCsv(createKernelMemberScan, csv, { cuts }).checkpoints, `${odd} ${step}`).toEqual(
          expected,
        );
      }
    }
  });
});
