import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InvalidConfigError, renderProblem } from '../../../src/config/config-problem.js';
import { loadProject } from '../../../src/config/load-project.js';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'partnerday-config-'));
});

afterEach(() => rm(dir, { recursive: true, force: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text);
  }
}

/** `acme.yaml:1:5 id: ...`, one per problem. */
async function problemsOf(files: Record<string, string>): Promise<string[]> {
  await write(files);
  const { problems } = await loadProject(dir);
  return problems.map((problem) => renderProblem(problem).replace(`${dir}/partners/`, ''));
}

describe('a partner', () => {
  it('needs one line', async () => {
    await write({ 'partners/acme.yaml': 'id: acme\n' });
    const { partners, problems } = await loadProject(dir);
    expect(problems).toEqual([]);
    expect(partners.get('acme')).toMatchObject({
      enabled: true,
      dateOffset: -1,
      sources: [{ id: 'main', landing: 'landing/{partner}/{date}/', archives: '*.tar.gz', settle: 10_000 }],
      policies: { extraction: { tries: 3, timeout: 7_200_000 }, merge: { tries: 5, timeout: 3_600_000 } },
    });
  });

  it('with a problem does not stop the others', async () => {
    await write({
      'partners/acme.yaml': 'id: acme\n',
      'partners/bad.yaml': 'id: [\n',
      'partners/zeta.yaml': 'id: zeta\n',
    });
    const { partners, problems } = await loadProject(dir);
    expect([...partners.keys()]).toEqual(['acme', 'zeta']);
    expect(new Set(problems.map(({ file }) => file))).toEqual(new Set([join(dir, 'partners/bad.yaml')]));
  });
});

describe('every problem names its line and column', () => {
  const cases: [string, string, string[]][] = [
    [
      'an unknown field, at its name',
      'id: acme\nsourcse: []\n',
      [
        'acme.yaml:2:1 sourcse: expected one of id, name, timeZone, opensAt, dateOffset, enabled, sources, members, dialect, contract, limits, tables, policies, quality, retention, masking, consumers, received "sourcse" (did you mean sources?)',
      ],
    ],
    [
      'an unknown field deep inside',
      'id: acme\npolicies:\n  merge:\n    tires: 3\n',
      [
        'acme.yaml:4:5 policies.merge.tires: expected one of tries, timeout, backoff, received "tires" (did you mean tries?)',
      ],
    ],
    [
      'a value of the wrong type',
      'id: acme\npolicies:\n  merge:\n    tries: often\n',
      ['acme.yaml:4:12 policies.merge.tries: expected a number, received "often"'],
    ],
    [
      'a number out of range',
      'id: acme\nquality:\n  nullRatio: 20\n',
      ['acme.yaml:3:14 quality.nullRatio: expected at most 1, received the number 20'],
    ],
    [
      'a duration',
      'id: acme\nsources:\n  - settle: 5 minutes\n',
      [
        'acme.yaml:3:13 sources[0].settle: expected a duration such as 500ms, 30s, 5m, 2h or 1d, received "5 minutes"',
      ],
    ],
    [
      'a size',
      'id: acme\nlimits:\n  recordBytes: 8MB\n',
      ['acme.yaml:3:16 limits.recordBytes: expected a size such as 64 KiB, 8 MiB or 2 GiB, received "8MB"'],
    ],
    [
      'a choice',
      'id: acme\ncontract: {columns: allow}\n',
      [
        'acme.yaml:2:21 contract.columns: expected one of evolve, freeze, discard, quarantine, received "allow"',
      ],
    ],
    ['a pattern', 'id: acme\nopensAt: 25:00\n', ['acme.yaml:2:10 opensAt: expected HH:MM, received "25:00"']],
    [
      'a time zone',
      'id: acme\ntimeZone: Europe/Atlantis\n',
      [
        'acme.yaml:2:11 timeZone: expected an IANA time zone such as Europe/Berlin, received "Europe/Atlantis"',
      ],
    ],
    [
      'a missing field, at the document',
      'name: Acme\n',
      ['acme.yaml:1:1 id: expected a text, received nothing'],
    ],
    ['an empty file', '', ['acme.yaml:1:1 id: expected a text, received nothing']],
    ['a document that is no mapping', '- acme\n', ['acme.yaml:1:1: expected a mapping, received a list']],
    [
      'a landing prefix outside the partner’s',
      'id: acme\nsources:\n  - landing: landing/other/{date}/\n',
      [
        'acme.yaml:3:14 sources[0].landing: expected landing/{partner}/.../{date}/.../, received "landing/other/{date}/"',
      ],
    ],
    [
      'a landing prefix that climbs out',
      'id: acme\nsources:\n  - landing: landing/{partner}/../other/{date}/\n',
      [
        'acme.yaml:3:14 sources[0].landing: expected a prefix without "..", received "landing/{partner}/../other/{date}/"',
      ],
    ],
    [
      'an id that is not the file’s name',
      'id: acmee\n',
      ['acme.yaml:1:5 id: expected "acme" (the file\'s name), received "acmee"'],
    ],
    [
      'two sources with one id',
      'id: acme\nsources:\n  - id: sftp\n  - id: sftp\n    archives: "*.tgz"\n',
      ['acme.yaml:4:9 sources[1].id: expected another id than sources[0], received "sftp"'],
    ],
    [
      'two sources with the same archives',
      'id: acme\nsources:\n  - id: a\n  - id: b\n    landing: landing/{partner}/{date}/\n',
      [
        'acme.yaml:5:14 sources[1].landing: expected another prefix or archive pattern than sources[0], received "landing/{partner}/{date}/": each archive would count twice',
      ],
    ],
    [
      'an unknown placeholder',
      'id: acme\nmembers:\n  pattern: "{tabel}_{date}.csv"\n',
      [
        'acme.yaml:3:12 members.pattern: expected no placeholder but {table}, {date} and {batch}, received "{tabel}_{date}.csv"',
      ],
    ],
    [
      'an unclosed placeholder',
      'id: acme\nmembers:\n  pattern: "{table}_{date.csv"\n',
      [
        'acme.yaml:3:12 members.pattern: expected every "{" to be closed by a "}", received "{table}_{date.csv"',
      ],
    ],
    [
      'a quote that is the delimiter',
      'id: acme\ndialect:\n  delimiter: ";"\n  quote: ";"\n',
      ['acme.yaml:4:10 dialect.quote: expected another character than the delimiter, received ";"'],
    ],
    [
      'a required column that is not expected',
      'id: acme\ntables:\n  orders:\n    columns: [id, price]\n    required: [id, prize]\n',
      ['acme.yaml:5:20 tables.orders.required[1]: expected one of columns, received "prize"'],
    ],
    [
      'a column named twice',
      'id: acme\ntables:\n  orders:\n    columns: [id, id]\n',
      ['acme.yaml:4:19 tables.orders.columns[1]: expected each column once, received "id" again'],
    ],
    [
      'a table that could not be a key',
      'id: acme\ntables:\n  ../orders: {}\n',
      [
        'acme.yaml:3:3 tables.../orders: expected a name that matches /^[a-z0-9][a-z0-9_.-]{0,126}$/i, received "../orders"',
      ],
    ],
    [
      'broken YAML',
      'id: acme\n  name: x\n',
      ['acme.yaml:1:5: not valid YAML: Nested mappings are not allowed in compact mappings'],
    ],
    [
      'a field named twice',
      'id: acme\nid: acme\n',
      ['acme.yaml:2:1: not valid YAML: Map keys must be unique'],
    ],
    [
      'an alias to nothing',
      'id: acme\nname: *nobody\n',
      ['acme.yaml:2:7: not valid YAML: Unresolved alias (the anchor must be set before the alias): nobody'],
    ],
  ];
  it.each(cases)('%s', async (_what, text, expected) => {
    const problems = await problemsOf({ 'partners/acme.yaml': text });
    expect(problems.slice(0, expected.length)).toEqual(expected);
  });

  it('the same partner in two files', async () => {
    expect(
      await problemsOf({ 'partners/acme.yaml': 'id: acme\n', 'partners/acme.yml': 'id: acme\n' }),
    ).toEqual(['acme.yml:1:5 id: expected one file per partner, received a second acme']);
  });

  it('all problems of a file at once, in the order of the file', async () => {
    const problems = await problemsOf({
      'partners/acme.yaml': 'id: acme\nenabled: maybe\nopensAt: noon\nquality: {nullRatio: -1}\n',
    });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'acme.yaml:2:10',
      'acme.yaml:3:10',
      'acme.yaml:4:22',
    ]);
  });
});

describe('partnerday.yaml', () => {
  it('is optional', async () => {
    expect((await loadProject(dir)).settings).toMatchObject({ temporal: {}, ui: {} });
  });

  it('with a problem stops everything: nobody knows where to write', async () => {
    await write({ 'partnerday.yaml': 'store: ftp://host\n' });
    const error = await loadProject(dir).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidConfigError);
    expect((error as Error).message).toBe(
      `${dir}/partnerday.yaml:1:8 store: expected file:///dir or s3://bucket[/prefix], received "ftp://host"`,
    );
  });

  it('of a directory that is not there', async () => {
    await expect(loadProject(join(dir, 'nowhere'))).rejects.toThrow(
      `${dir}/nowhere:1:1: expected a configuration directory, received: no such directory`,
    );
  });
});
