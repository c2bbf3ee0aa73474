import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openApiDocument } from '../../../src/cli/serve/openapi.js';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));

it('docs/openapi.json is what the schemas say (node scripts/generate-docs.mjs)', () => {
  const committed = readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8');
  expect(JSON.parse(committed)).toEqual(JSON.parse(JSON.stringify(openApiDocument(version))));
});

it('every reference in it leads somewhere, and every operation says how it is refused', () => {
  const document = openApiDocument(version);
  const refs = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name!,
  );
  expect(new Set(refs)).toEqual(new Set(Object.keys(document.components.schemas)));
  for (const { post } of Object.values(document.paths)) {
    expect(Object.keys(post.responses)).toEqual(
      expect.arrayContaining(['202', '400', '401', '403', '413', '429', '503']),
    );
  }
});
