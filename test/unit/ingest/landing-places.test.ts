import { describe, expect, it } from 'vitest';
import { partnerConfigSchema } from '../../../src/config/partner-config.js';
import { LandingPlaces } from '../../../src/ingest/arrivals/landing-places.js';

const partner = (id: string, ...landings: string[]) =>
  partnerConfigSchema.parse({
    id,
    ...(landings.length > 0
      ? {
          sources: landings.map((landing, index) => ({
            id: `s${index}`,
            landing,
            archives: `${index}*.tar.gz`,
          })),
        }
      : {}),
  });

describe('whose an object is', () => {
  const places = new LandingPlaces([
    partner('acme'),
    partner('acme-2', 'landing/{partner}/api/{date}/', 'landing/{partner}/{date}/x/{date}/'),
  ]);

  it.each([
    ['landing/acme/2026-11-20/a.tar.gz', 'acme main'],
    ['landing/acme/2026-11-20/deep/er/a b+c%.tar.gz', 'acme main'],
    ['landing/acme/2026-11-20/_SUCCESS', 'acme main'],
    ['landing/acme-2/api/2026-11-20/a.tar.gz', 'acme-2 s0'],
    ['landing/acme-2/2026-11-20/x/2026-11-20/a.tar.gz', 'acme-2 s1'],
  ])('%s', (key, whose) => {
    expect(places.of(key).map(({ partner: id, source, date }) => `${id} ${source} ${date}`)).toEqual([
      `${whose} 2026-11-20`,
    ]);
  });

  it.each([
    'landing/acme/2026-11-20/',
    'landing/acme/2026-02-30/a.tar.gz',
    'landing/acme/20261120/a.tar.gz',
    'landing/other/2026-11-20/a.tar.gz',
    'landing/acme-2/2026-11-20/x/2026-11-21/a.tar.gz',
    'x/landing/acme/2026-11-20/a.tar.gz',
    'acme/2026-11-20/v1/orders.csv',
    '',
  ])('nobody’s: %j', (key) => {
    expect(places.of(key)).toEqual([]);
  });

  it('may be that of several sources, which tell their archives apart by name', () => {
    const shared = new LandingPlaces([
      partnerConfigSchema.parse({
        id: 'acme',
        sources: [
          { id: 'a', archives: 'a*' },
          { id: 'b', archives: 'b*' },
        ],
      }),
    ]);
    expect(shared.of('landing/acme/2026-11-20/a.tar.gz').map(({ source }) => source)).toEqual(['a', 'b']);
  });
});
