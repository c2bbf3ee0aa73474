import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidNameError, PartnerDayLayout, registryPrefix } from '../../../src/ingest/layout.js';
import { validateKey } from '../../../src/store/key.js';

const PARTNER = 'acme';
const DATE = '2025-05-01';

/** Names a partner, an archive or an attacker could choose. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '..',
    '../other',
    '../../other/2025-05-01/published.json',
    '/etc/passwd',
    'a/b',
    'a\\..\\b',
    '.',
    '',
    'a/../../b',
    'other',
    'landing',
    '%2e%2e',
    'a\0b',
    'ORDERS',
    'o'.repeat(500),
    '주문',
    'a..b',
    '-',
    '2025-05-01',
    '\u202egpj',
  ),
  fc
    .array(fc.constantFrom('..', '/', '.', 'orders', '\0', '%2f', 'acme', 'other', '2025-05-01'), {
      maxLength: 8,
    })
    .map((parts) => parts.join('')),
);
const integer = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1.5),
);

type Build = (layout: PartnerDayLayout, names: [string, string, string], numbers: [number, number]) => string;

/** Every key Partnerday can write. */
const builders: Record<string, Build> = {
  published: (layout) => layout.published,
  config: (layout, [id]) => layout.config(id),
  slice: (layout, [run], [index]) => layout.slice(run, index),
  arrivals: (layout, [run], [slices]) => layout.arrivals(run, slices),
  extract: (layout, [key, etag, rules], [bytes]) => layout.extract({ source: key, key, etag, bytes }, rules),
  extractOf: (layout, [id, rules]) => layout.extractOf(id, rules),
  manifest: (layout, [id, rules]) => layout.manifest(id, rules),
  segment: (layout, [id, rules, name]) => layout.segment(id, rules, name),
  quarantine: (layout, [id, rules, name]) => layout.quarantine(id, rules, name),
  registry: (layout, [table]) => layout.registry(table),
  plan: (layout, _names, [version]) => layout.version(version).plan,
  tablePlan: (layout, [table], [version]) => layout.version(version).tablePlan(table),
  table: (layout, [table], [version]) => layout.version(version).table(table),
  compose: (layout, [table], [level, index]) => layout.version(1).compose(table, level, index),
  merged: (layout, [table], [version]) => layout.version(version).merged(table),
  summaryText: (layout, _names, [version]) => layout.version(version).summaryText,
  ledger: (layout, _names, [version]) => layout.version(version).ledger,
  alert: (layout, _names, [version]) => layout.version(version).alert,
};

describe('no input produces a key outside its partner', () => {
  it.each(Object.entries(builders))('%s', (_name, build) => {
    const layout = new PartnerDayLayout(PARTNER, DATE);
    fc.assert(
      fc.property(fc.tuple(hostile, hostile, hostile), fc.tuple(integer, integer), (names, numbers) => {
        const key = keyOrRefusal(() => build(layout, names, numbers));
        if (key === undefined) return;
        expect(key.startsWith(`${PARTNER}/`)).toBe(true);
        expect(key.split('/').some((part) => part === '..' || part === '.')).toBe(false);
        validateKey(key.replace(/\/$/, ''));
      }),
    );
  });

  it('hexadecimal names that are allowed stay below the day, whatever they are', () => {
    const hex = fc.stringMatching(/^[0-9a-f]{8,64}$/);
    const segment = fc.stringMatching(/^[a-z0-9][a-z0-9_.-]{0,30}$/);
    const layout = new PartnerDayLayout(PARTNER, DATE);
    fc.assert(
      fc.property(hex, hex, segment, (id, rules, name) => {
        for (const build of [layout.segment, layout.quarantine]) {
          const key = keyOrRefusal(() => build.call(layout, id, rules, name));
          if (name.includes('..')) expect(key).toBeUndefined();
          else expect(key).toMatch(new RegExp(`^${PARTNER}/${DATE}/(extract|quarantine)/${id}/${rules}/`));
        }
      }),
    );
  });
});

it('two partners never share a key: a partner-day begins with its own partner, and no other’s', () => {
  fc.assert(
    fc.property(hostile, hostile, (a, b) => {
      const prefixes = [a, b].map((partner) =>
        keyOrRefusal(() => new PartnerDayLayout(partner, DATE).prefix),
      );
      if (prefixes[0] === undefined || prefixes[1] === undefined || a === b) return;
      expect(prefixes[0].startsWith(prefixes[1])).toBe(false);
      expect(prefixes[1].startsWith(prefixes[0])).toBe(false);
    }),
  );
});

it('no partner writes where partners land their archives', () => {
  expect(() => new PartnerDayLayout('landing', DATE)).toThrow(InvalidNameError);
  expect(() => registryPrefix('landing', 'orders')).toThrow(InvalidNameError);
});

it.each(['2025-13-45', '2025-02-29', '2025-2-1', '20250101', '2025-01-01T00:00', '', '../x', '0000-00-00'])(
  'the date %j does not exist',
  (date) => {
    expect(() => new PartnerDayLayout(PARTNER, date)).toThrow(InvalidNameError);
  },
);

/** The key, or `undefined` when the input was refused in the one way it may be. */
function keyOrRefusal(build: () => string): string | undefined {
  try {
    return build();
  } catch (error) {
    if (error instanceof InvalidNameError) return undefined;
    throw error;
  }
}
