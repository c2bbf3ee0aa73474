import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { partnerConfigSchema } from '../../../src/config/partner-config.js';
import { verdictOf } from '../../../src/ingest/arrivals/arrivals.js';
import { ForeignKeyError, Landing } from '../../../src/ingest/arrivals/landing.js';
import { observeLanding, type Told } from '../../../src/ingest/arrivals/observe-landing.js';
import { sourceVerdict } from '../../../src/ingest/arrivals/source-verdict.js';
import { UnreadableObjectError } from '../../../src/ingest/documents/unreadable-object.js';
import type { ObjectStore } from '../../../src/store/object-store.js';
import { openStore } from '../../../src/store/open-store.js';

const DATE = '2026-11-20';
const PREFIX = `landing/acme/${DATE}/`;
const NOTHING: Told = { completions: [], announcements: [] };
const never = new AbortController().signal;

describe('arrivals', () => {
  let dir: string;
  let store: ObjectStore;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'partnerday-arrivals-'));
    store = await openStore(pathToFileURL(dir).href);
  });
  afterEach(async () => {
    await store.close();
    await rm(dir, { recursive: true });
  });

  const land = async (name: string, content = 'x', ageMs = 60_000) => {
    const path = join(dir, PREFIX, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    const then = new Date(Date.now() - ageMs);
    await utimes(path, then, then);
  };
  const observe = async (source: Record<string, unknown>, told = NOTHING) => {
    const config = partnerConfigSchema.parse({ id: 'acme', sources: [source] });
    const [seen] = await observeLanding(store, config, DATE, told, never);
    return seen!;
  };

  it('sees archives in any sub-folder, and neither uploads in progress nor other files', async () => {
    for (const name of [
      'a.tar.gz',
      'sub/b c+%.tar.gz',
      '가.tar.gz',
      'c.tar.gz.part',
      'd.tar.gz.tmp',
      'notes.txt',
    ])
      await land(name);
    const seen = await observe({});
    expect(seen.landed.map(({ key }) => key.slice(PREFIX.length))).toEqual([
      'a.tar.gz',
      'sub/b c+%.tar.gz',
      '가.tar.gz',
    ]);
  });

  it('does not take a file that somebody still writes to for an archive', async () => {
    await land('fresh.tar.gz', 'half', 0);
    expect(await observe({})).toMatchObject({ landed: [], unsettled: 1 });
  });

  it('takes a fresh file whose size is the announced one', async () => {
    await land('fresh.tar.gz', '1234', 0);
    await land('manifest.json', JSON.stringify({ archives: [{ name: 'fresh.tar.gz', bytes: 4 }] }));
    const seen = await observe({ manifest: 'manifest.json' });
    expect(seen.landed).toHaveLength(1);
    expect(sourceVerdict(seen, false)).toMatchObject({ complete: true, completedBy: 'manifest' });
  });

  it('waits while something announced is missing, and says what for', async () => {
    await land('a.tar.gz');
    await land('manifest.json', JSON.stringify({ archives: [{ name: 'a.tar.gz' }, { name: 'b.tar.gz' }] }));
    const verdict = sourceVerdict(await observe({ manifest: 'manifest.json' }), false);
    expect(verdict.complete).toBe(false);
    expect(verdict.because).toContain('1 announced archive not there');
  });

  it('is complete by signal although something is missing, and then short', async () => {
    await land('a.tar.gz');
    const told = { completions: [{ source: 'main', archives: 2 }], announcements: [] };
    const seen = await observe({}, told);
    expect(sourceVerdict(seen, false)).toMatchObject({ complete: true, whole: false, completedBy: 'signal' });
    const { landed, announcedCount } = seen;
    expect(
      verdictOf({
        format: 1,
        refused: [],
        sources: [{ source: 'main', completedBy: 'signal', landed, announcedCount: announcedCount! }],
      }),
    ).toBe('short');
  });

  it('is complete by a marker object', async () => {
    await land('a.tar.gz');
    await land('_SUCCESS', '');
    expect(sourceVerdict(await observe({ marker: '_SUCCESS' }), false)).toMatchObject({
      complete: true,
      completedBy: 'marker',
    });
  });

  it.each([
    ['wait', false],
    ['proceed', true],
  ])(
    'after its deadline, a source with the policy %s counts as complete: %s',
    async (afterDeadline, complete) => {
      const seen = await observe({ deadline: '1h', afterDeadline });
      expect(sourceVerdict(seen, true).complete).toBe(complete);
      expect(sourceVerdict(seen, false).complete).toBe(false);
    },
  );

  it('refuses announced keys of another partner, and names that climb out', async () => {
    const told = {
      completions: [],
      announcements: [
        {
          source: 'main',
          keys: ['landing/other/2026-11-20/x.tar.gz', '../other/x.tar.gz', `${PREFIX}ok.tar.gz`],
        },
      ],
    };
    const seen = await observe({}, told);
    expect(seen.refused).toEqual(['landing/other/2026-11-20/x.tar.gz', '../other/x.tar.gz']);
    expect(seen.announced).toEqual([{ key: `${PREFIX}ok.tar.gz` }]);
  });

  it('says which object is not a manifest, instead of taking it for an empty one', async () => {
    await land('manifest.json', '<html>');
    await expect(observe({ manifest: 'manifest.json' })).rejects.toThrow(UnreadableObjectError);
  });

  it('builds no key outside the landing prefix, whatever is announced', () => {
    const config = partnerConfigSchema.parse({ id: 'acme' });
    const landing = new Landing(config.sources[0]!, 'acme', DATE);
    for (const name of ['', '..', 'a/../b', './a', 'a//b', '/etc/passwd', 'landing/acme/2026-11-21/a']) {
      expect(() => landing.keyOf(name), name).toThrow(ForeignKeyError);
    }
    expect(landing.keyOf('a.tar.gz')).toBe(`${PREFIX}a.tar.gz`);
  });
});
