import { describe, expect, it } from 'vitest';
import { type SourceArrivals, verdictOf } from '../../../src/ingest/arrivals/arrivals.js';
import { completenessOf } from '../../../src/ingest/arrivals/completeness.js';

const archive = (name: string) => ({
  source: 'main',
  key: `landing/acme/2026-11-20/${name}`,
  etag: 'e',
  bytes: 1,
});
const source = (landed: string[], fields: Partial<SourceArrivals> = {}): SourceArrivals => ({
  source: 'main',
  completedBy: 'marker',
  landed: landed.map(archive),
  ...fields,
});
const listed = (...names: string[]) => names.map((name) => ({ key: archive(name).key }));
const usual = (least: number, most: number, days: number) => ({ least, most, days });

describe('whether a source has sent everything', () => {
  it.each([
    ['all that was listed', source(['a', 'b'], { announced: listed('a', 'b') }), 'complete', 'list'],
    ['less than was listed', source(['a'], { announced: listed('a', 'b') }), 'short', 'list'],
    ['more than was listed', source(['a', 'b'], { announced: listed('a') }), 'excess', 'list'],
    [
      'as many, but others than were listed',
      source(['a', 'c'], { announced: listed('a', 'b') }),
      'short',
      'list',
    ],
    ['the number that was told', source(['a', 'b'], { announcedCount: 2 }), 'complete', 'number'],
    ['less than the number', source(['a'], { announcedCount: 2 }), 'short', 'number'],
    ['more than the number', source(['a', 'b'], { announcedCount: 1 }), 'excess', 'number'],
    [
      'the number, a part of it listed',
      source(['a', 'b'], { announcedCount: 2, announced: listed('a') }),
      'complete',
      'number',
    ],
    [
      'the number, but not what was listed of it',
      source(['a', 'b'], { announcedCount: 2, announced: listed('c') }),
      'short',
      'number',
    ],
    ['its word alone', source(['a']), 'complete', 'word'],
    ['no word', source(['a'], { completedBy: 'sealed' }), 'unsigned', 'none'],
    ['no word by its deadline', source(['a'], { completedBy: 'deadline' }), 'unsigned', 'none'],
    [
      'its word, and less than half of the fewest',
      source(['a'], { usual: usual(3, 9, 3) }),
      'short',
      'history',
    ],
    ['its word, and half of the fewest', source(['a'], { usual: usual(2, 9, 3) }), 'complete', 'word'],
    [
      'its word, and less than half, of too few days',
      source(['a'], { usual: usual(3, 9, 2) }),
      'complete',
      'word',
    ],
    ['more than twice the most', source(['a', 'b', 'c'], { usual: usual(1, 1, 7) }), 'excess', 'history'],
    [
      'something where there was never anything',
      source(['a'], { usual: usual(0, 0, 7) }),
      'complete',
      'word',
    ],
    [
      'no word, and less than half of the fewest',
      source(['a'], { completedBy: 'deadline', usual: usual(3, 3, 7) }),
      'short',
      'history',
    ],
    [
      'all that was listed, and less than half of the fewest',
      source(['a'], { announced: listed('a'), usual: usual(3, 3, 7) }),
      'complete',
      'list',
    ],
  ] as const)('%s', (_what, arrivals, verdict, evidence) => {
    expect(completenessOf(arrivals)).toMatchObject({ verdict, evidence, landed: arrivals.landed.length });
  });

  it('of a day is that of its worst source: short, then excess, then unsigned', () => {
    const short = source([], { announcedCount: 1 });
    const excess = source(['a'], { announcedCount: 0 });
    const unsigned = source(['a'], { completedBy: 'sealed' });
    const day = (...sources: SourceArrivals[]) => verdictOf({ format: 1, refused: [], sources });
    expect(day(source(['a']), unsigned, excess, short)).toBe('short');
    expect(day(source(['a']), unsigned, excess)).toBe('excess');
    expect(day(source(['a']), unsigned)).toBe('unsigned');
    expect(day(source(['a']), source(['b']))).toBe('complete');
  });
});
