#!/usr/bin/env node
/** Writes docs/configuration.md and docs/openapi.json from the schemas. Run the build first: it reads dist/. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

process.chdir(resolve(import.meta.dirname, '..'));
const { renderConfiguration } = await import('../dist/config/render-configuration.js');
const { openApiDocument } = await import('../dist/cli/serve/openapi.js');
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
writeFileSync('docs/configuration.md', renderConfiguration());
writeFileSync('docs/openapi.json', `${JSON.stringify(openApiDocument(version), null, 2)}\n`);
console.log('docs/configuration.md\ndocs/openapi.json');
