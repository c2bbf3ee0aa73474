import { describe, expect, it } from 'vitest';
import { count, percent, size } from '../../../src/cli/output/format.js';
import { LiveView } from '../../../src/cli/output/live-view.js';
import { styleFor } from '../../../src/cli/output/style.js';
import { renderTable } from '../../../src/cli/output/table.js';
import { fitTo, textWidth } from '../../../src/cli/output/text-width.js';

class Screen {
  text = '';
  constructor(
    readonly isTTY: boolean,
    readonly columns = 40,
    readonly rows = 10,
  ) {}
  write(text: string): boolean {
    this.text += text;
    return true;
  }

  /** What a person sees: the control sequences LiveView uses, played. */
  seen(): string[] {
    const lines: string[] = [''];
    let row = 0;
    for (const token of this.text.match(/\x1b\[\d*[AJK]|\n|\r|[^\x1b\n\r]+/g) ?? []) {
      const up = /^\x1b\[(\d+)A$/.exec(token);
      if (up) row -= Number(up[1]);
      else if (token === '\x1b[2K') lines[row] = '';
      else if (token === '\x1b[0J') lines.splice(row, lines.length - row, '');
      else if (token === '\n') row++;
      else if (token !== '\r') lines[row] = (lines[row] ?? '') + token;
      lines[row] ??= '';
    }
    return lines.slice(0, lines.at(-1) === '' ? -1 : undefined);
  }
}

describe('a table', () => {
  it('is aligned by what a terminal shows: colours take no room, Korean letters two columns', () => {
    const text = renderTable(
      [
        { title: 'name', value: (row: string[]) => row[0]! },
        { title: 'rows', value: (row: string[]) => row[1]!, align: 'right' },
      ],
      [
        ['\x1b[32mok\x1b[39m', '1'],
        ['주문', '98,012'],
      ],
    );
    expect(text.split('\n').map(textWidth)).toEqual([12, 12, 12]);
    expect(text.split('\n')[0]).toBe('name    rows');
  });

  it('leaves no blanks at the end of a line', () => {
    const text = renderTable([{ title: 'a', value: (row: string) => row }], ['x', 'longer']);
    expect(text).toBe('a\nx\nlonger');
  });
});

describe('the live picture', () => {
  it('is redrawn in place on a terminal, also when it shrinks', () => {
    const screen = new Screen(true);
    const view = new LiveView(screen);
    view.update({ lines: ['one', 'two', 'three'], changes: [] });
    view.update({ lines: ['ONE'], changes: [] });
    expect(screen.seen()).toEqual(['ONE']);
    view.note('a remark');
    expect(screen.seen()).toEqual(['a remark', 'ONE']);
  });

  it('never draws a line that would wrap, nor more lines than the screen has', () => {
    const screen = new Screen(true, 10, 4);
    new LiveView(screen).update({ lines: ['x'.repeat(50), 'b', 'c', 'd', 'e'], changes: [] });
    expect(screen.seen()).toEqual(['xxxxxxxxx…', 'b', '… 3 more']);
  });

  it('is one plain line per change where nothing can be redrawn', () => {
    const screen = new Screen(false);
    const view = new LiveView(screen);
    view.update({ lines: ['picture'], changes: ['orders merged'] });
    view.update({ lines: ['picture'], changes: [] });
    expect(screen.text).toBe('orders merged\n');
  });
});

describe('colour', () => {
  const red = (stream: { isTTY: boolean }, mode: 'auto' | 'always' | 'never', env: NodeJS.ProcessEnv) =>
    styleFor(stream, mode, env)('red', 'x') !== 'x';
  it.each([
    [true, 'auto', {}, true],
    [false, 'auto', {}, false],
    [true, 'auto', { NO_COLOR: '1' }, false],
    [true, 'auto', { TERM: 'dumb' }, false],
    [false, 'auto', { FORCE_COLOR: '1' }, true],
    [true, 'never', {}, false],
    [false, 'always', { NO_COLOR: '1' }, true],
  ] as const)('terminal %s, --color %s, %j: %s', (isTTY, mode, env, expected) => {
    expect(red({ isTTY }, mode, env)).toBe(expected);
  });
});

it('numbers read the same on every machine', () => {
  expect([0, 999, 1000, 98012, 1234567].map(count)).toEqual(['0', '999', '1,000', '98,012', '1,234,567']);
  expect([0, 1023, 1024, 5 * 2 ** 30].map(size)).toEqual(['0 B', '1023 B', '1.0 KiB', '5.0 GiB']);
  expect([0, 0.172, 0.1725, 1].map(percent)).toEqual(['0.0%', '17.2%', '17.3%', '100.0%']);
  expect(fitTo('주문주문', 5)).toBe('주문…');
});
