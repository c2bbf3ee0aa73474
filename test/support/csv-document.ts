import { seededRandom } from '../../src/demo/random.js';

export interface DocumentShape {
  seed: number;
  columns: number;
  rows: number;
  /** Share of values and line ends that must not get through unseen. */
  odd: number;
  /** Share of values in quotes. */
  quoted: number;
  /** How rows end, but for the odd ones. */
  lineEnd: '\n' | '\r\n';
}

/**
 * A CSV document with values on both sides of every boundary between types, columns that keep to one kind for a while (as
 * real ones do), runs of equal rows, and, where asked for, what breaks parsers. Equal shapes give equal documents.
 */
export function csvDocument({ seed, columns, rows, odd, quoted, lineEnd }: DocumentShape): Buffer {
  const random = seededRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const int = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  const digits = (low: number, high: number) =>
    Array.from({ length: int(low, high) }, () => int(0, 9)).join('');
  const two = (low: number, high: number) => String(int(low, high)).padStart(2, '0');

  const kinds: (() => string)[] = [
    () => String(int(-9_999, 99_999)),
    () => digits(1, 22),
    () => `-${digits(1, 22)}`,
    () => `${digits(0, 20)}.${digits(0, 20)}`,
    () => `-${digits(0, 3)}.${digits(0, 3)}`,
    () =>
      pick(['1e5', '1E-9', '1.5e+300', '1e', '1e1234', '.5', '5.', '-', '--1', '+1', '0x1', '-0', '00', '0']),
    () => pick(['true', 'True', 'TRUE', 'false', 'False', 'FALSE', 'tRue', 't', 'falsE']),
    () => `${pick(['1900', '2000', '2023', '2024', '0000'])}-${two(0, 13)}-${two(0, 32)}`,
    () =>
      pick(['2024-02-29', '2023-02-29', '2024-12-31', '0000-01-01', '2024-1-01', '20a4-01-01']) +
      pick(['T', ' ', 't', '  ']) +
      pick(['00:00', '23:59', '24:00', '12:60', '12:3', '1a:00']) +
      pick(['', ':00', ':59', ':60', ':5', ':00.1', ':00.123456789', ':00.1234567890', ':00.']) +
      pick(['', 'Z', 'z', '+01:00', '-0100', '+25:00', '+1', '+01:0', ' ']),
    () => pick(['', '', 'NULL', 'null', '\\N', 'NA']),
    () => pick(['똠방각하', 'ü', '𝒳', 'x'.repeat(31), 'x'.repeat(70), 'y'.repeat(300), ' ', "'", 'a b c']),
    () => digits(0, 8) + pick(['', 'a', ' ', '-', '.', ':', 'Z']),
  ];
  // Columns of one kind, and what comes close to it.
  const nearNumbers = [
    '007',
    '-007',
    '00',
    '-0',
    '-00',
    '0.5',
    '00.5',
    '1.',
    '.5',
    '-.5',
    '1.5.',
    '1e5',
    '-',
    '+1',
    '1 ',
    '5-',
  ];
  const nearTimes = [
    '2024-13-01',
    '2024-02-30',
    '2023-02-29',
    '1900-02-29',
    '2000-02-29',
    '2024-04-31',
    '2024-12-31',
    '2024-06-00',
  ];
  const longNumber = () =>
    `${pick(['', '-'])}${int(1, 9)}${digits(16, 20)}${pick(['', '', '.1', `.${digits(1, 9)}`])}`;
  const time = () =>
    `20${two(0, 30)}-${two(1, 12)}-${two(1, 28)}${pick([' ', 'T'])}${two(0, 23)}:${two(0, 59)}:${two(0, 59)}`;
  const nearTime = () =>
    pick(nearTimes) +
    pick([
      '',
      ' 10:00:00',
      'T23:59:59',
      ' 24:00:00',
      ' 10:60:00',
      ' 10:00:60',
      'T10:00',
      ' 10:00:00.5',
      'T10:00:00Z',
      ' 1:00:00',
    ]);
  const steady: { usual: () => string; near: () => string }[] = [
    { usual: () => String(int(-99, 9_999)), near: () => (random() < 0.7 ? pick(nearNumbers) : longNumber()) },
    { usual: () => (random() < 0.1 ? '' : String(int(0, 9))), near: () => pick([...nearNumbers, 'x', '""']) },
    {
      usual: () => `${int(-99, 99)}.${digits(1, 17)}`,
      near: () => (random() < 0.7 ? pick(nearNumbers) : longNumber()),
    },
    {
      usual: () => pick(['2024-02-29', '2001-03-04', '']),
      near: () => (random() < 0.5 ? pick(nearTimes) : nearTime()),
    },
    { usual: time, near: nearTime },
    { usual: () => pick(['ATL', 'ORD', '', 'true']), near: () => pick(['7', '']) },
    { usual: () => pick(['true', 'false', '']), near: () => pick(['True', '1', 'tru', 'falsey']) },
    {
      usual: () => (random() < 0.1 ? pick(['NULL', '"NULL"', '']) : String(int(1, 99))),
      near: () => pick(['NUL', 'NULLL', 'x']),
    },
    { usual: () => '', near: () => pick(['1', '1.5', 'x', '2024-02-29', '""']) },
  ];
  const inQuotes = [
    '""',
    '"a,b"',
    '"line\nbreak"',
    '"say ""hi"""',
    '""""',
    '","',
    '"\n"',
    '"\n\n,"',
    '"7"',
    '"2024-02-29"',
  ];
  const oddInQuotes = ['"\r"', '"\r\n"', '"a\rb,"'];
  const broken = [
    'a"b',
    '"a"b',
    '"a',
    '"',
    'x\ry',
    '\0',
    'a\0b',
    '\x1a',
    '\x80',
    '\xff\xfe',
    '\xed\xa0\x80',
    'a\nb',
    'a,b',
    '""x',
    '"""',
    '" "" ',
  ];
  const ends = ['\r\n', '\n', '\r', '\n\n', ',\n', ',x\n', '\n\r\n', '\r\r\n', ',x\r\n'];

  const utf8 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
  // Most columns stay what they are; some are surprised once in a while, so that the last surprise decides the type.
  const surprise = pick([0, 0.001, 0.02]);
  const oneOf: (() => string)[] = Array.from({ length: columns }, () => {
    if (random() < 0.2) return () => pick(kinds)();
    const { usual, near } = pick(steady);
    const rate = random() < 0.5 ? surprise : 0;
    return () => (random() < rate ? near() : usual());
  });
  const value = (column: number): string => {
    if (random() < odd) return random() < 0.5 ? pick(broken) : pick(oddInQuotes);
    if (random() < quoted) {
      return random() < 0.5 ? pick(inQuotes) : `"${utf8(pick(kinds)()).replaceAll('"', '""')}"`;
    }
    return utf8(oneOf[column]!());
  };

  let text = '';
  for (let row = 0; row < rows; ) {
    let line = Array.from({ length: columns }, (_, column) => value(column)).join(',');
    // A lone empty value is a blank line; only quoted is it a value to every reader.
    if (line === '' && odd === 0) line = '""';
    // Two short rows that together have as many separators as one good row.
    if (random() < odd) line = line.replace(',', lineEnd);
    line += random() < odd ? pick(ends) : lineEnd;
    const times = random() < 0.1 ? int(1, 40) : 1;
    text += line.repeat(times);
    row += times;
  }
  if (random() < 0.3) text = text.slice(0, -1);
  const header = Array.from({ length: columns }, (_, i) => `c${i}`).join(',');
  return Buffer.from(`${header}\n${text}`, 'latin1');
}
