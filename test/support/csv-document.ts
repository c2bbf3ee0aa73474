import { seededRandom } from '../../src/demo/random.js';

export interface DocumentShape {
  seed: number;
  columns: number;
  rows: number;
  /** Share of values and line ends that must not get through unseen. */
  odd: number;
  /** Share of values in quotes. */
  quoted: number;
}

/**
 * A CSV document with values on both sides of every boundary between types, columns that keep to one kind for a while (as
 * real ones do), runs of equal rows, and, where asked for, what breaks parsers. Equal shapes give equal documents.
 */
export function csvDocument({ seed, columns, rows, odd, quoted }: DocumentShape): Buffer {
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
  const steady: (() => string)[] = [
    () => String(int(-99, 9_999)),
    () => `${int(0, 99)}.${digits(1, 3)}`,
    () => pick(['2024-02-29', '2001-03-04', '']),
    () =>
      `20${two(0, 30)}-${two(1, 12)}-${two(1, 28)}${pick([' ', 'T'])}${two(0, 23)}:${two(0, 59)}:${two(0, 59)}`,
    () => pick(['ATL', 'ORD', '', 'true']),
    () => pick(['true', 'false', '']),
    () => '',
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
  const ends = ['\r\n', '\r', '\n\n', ',\n', ',x\n', '\n\r\n'];

  const utf8 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
  const oneOf: (() => string)[] = Array.from({ length: columns }, () =>
    random() < 0.7 ? pick(steady) : () => pick(kinds)(),
  );
  const value = (column: number): string => {
    if (random() < odd) return random() < 0.5 ? pick(broken) : pick(oddInQuotes);
    if (random() < quoted) {
      return random() < 0.5 ? pick(inQuotes) : `"${utf8(pick(kinds)()).replaceAll('"', '""')}"`;
    }
    // A steady column is now and then surprised.
    return utf8((random() < 0.003 ? pick(kinds) : oneOf[column]!)());
  };

  let text = '';
  for (let row = 0; row < rows; ) {
    let line = Array.from({ length: columns }, (_, column) => value(column)).join(',');
    // A lone empty value is a blank line; only quoted is it a value to every reader.
    if (line === '' && odd === 0) line = '""';
    line += random() < odd ? pick(ends) : '\n';
    const times = random() < 0.1 ? int(1, 40) : 1;
    text += line.repeat(times);
    row += times;
  }
  if (random() < 0.3) text = text.slice(0, -1);
  const header = Array.from({ length: columns }, (_, i) => `c${i}`).join(',');
  return Buffer.from(`${header}\n${text}`, 'latin1');
}
