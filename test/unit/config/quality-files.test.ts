import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renderProblem } from '../../../src/config/config-problem.js';
import { loadPartner } from '../../../src/config/load-project.js';
import { rulesOf } from '../../../src/config/rules-of.js';
import { partnerConfig } from '../../support/partner.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'partnerday-config-'));
  await mkdir(join(dir, 'schemas'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function load(yaml: string) {
  const path = join(dir, 'acme.yaml');
  await writeFile(path, `id: acme\n${yaml}`);
  const { config, problems } = await loadPartner(path);
  return { config, problems: problems.map((problem) => renderProblem(problem).replace(`${dir}/`, '')) };
}

describe('the schema file', () => {
  const metadata = {
    format: 1,
    partner: 'acme',
    tables: [{ table: 'orders', rows: 3, columns: [{ name: 'id', type: 'integer', nulls: 0 }] }],
  };

  it('is a table_metadata.json beside the partner’s file; what it says becomes part of the configuration', async () => {
    await writeFile(join(dir, 'schemas/good.json'), JSON.stringify(metadata));
    const { config } = await load('quality:\n  schemaFile: schemas/good.json\n');
    expect(config!.quality.expected).toEqual({ orders: [{ name: 'id', type: 'integer' }] });
  });

  it.each([
    ['that is not there', undefined, 'no such file'],
    ['that is not JSON', '{', 'not JSON'],
    ['of another form', '{"format": 2}', 'tables'],
    [
      'with a type nobody knows',
      JSON.stringify({ format: 1, tables: [{ table: 'orders', columns: [{ name: 'id', type: 'money' }] }] }),
      'type',
    ],
  ])('%s is a problem, at its line', async (_what, content, because) => {
    if (content !== undefined) await writeFile(join(dir, 'schemas/good.json'), content);
    const { config, problems } = await load('quality:\n  schemaFile: schemas/good.json\n');
    expect(config).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^acme\.yaml:3:15 quality\.schemaFile: expected a table_metadata\.json/);
    expect(problems[0]).toContain(because);
  });
});

describe('rules across tables', () => {
  const rule = (fields: string) => `quality:\n  rules:\n    - {id: r, table: orders, ${fields}}\n`;

  it.each([
    ['kind: unique', 'expected columns in a rule of kind unique, received none'],
    ['kind: foreign-key, columns: [a]', 'expected to in a rule of kind foreign-key, received none'],
    [
      'kind: foreign-key, columns: [a, b], to: {table: guests, columns: [id]}',
      'expected as many as columns of the rule (2), received 1',
    ],
    [
      'kind: row-ratio, to: {table: guests}',
      'expected least or most in a rule of kind row-ratio, received none',
    ],
    ['kind: row-ratio, to: {table: guests}, least: 2, most: 1', 'expected at least 2 (least), received 1'],
    ['kind: date-window, columns: [a, b], daysBefore: 1', 'expected one column, received 2'],
    [
      'kind: unique, columns: [a], daysBefore: 1',
      'expected no daysBefore in a rule of kind unique, received one',
    ],
  ])('%s: %s', async (fields, message) => {
    const { config, problems } = await load(rule(fields));
    expect(config).toBeUndefined();
    expect(problems.join('\n')).toContain(message);
  });

  it('with one id are a problem', async () => {
    const unique = '{id: r, kind: unique, table: orders, columns: [a]}';
    const { problems } = await load(`quality:\n  rules: [${unique}, ${unique}]\n`);
    expect(problems.join('\n')).toContain('expected an id of its own, received "r" again');
  });

  it('change what is read from an archive only by the columns they need', () => {
    const rules = (fields: object[]) => rulesOf(partnerConfig({ quality: { rules: fields } }));
    const unique = { id: 'r', kind: 'unique', table: 'orders', columns: ['a'] };
    expect(rules([]).rulesId).toBe(rulesOf(partnerConfig()).rulesId);
    expect(rules([unique]).rulesId).not.toBe(rules([]).rulesId);
    expect(rules([{ ...unique, threshold: 0.5, id: 's' }]).rulesId).toBe(rules([unique]).rulesId);
    expect(rules([unique]).rules.aside).toEqual({ orders: ['a'] });
  });
});
