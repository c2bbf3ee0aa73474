#!/usr/bin/env node
/** Writes docs/configuration.md from the schemas. Run the build first: it reads dist/. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

process.chdir(resolve(import.meta.dirname, '..'));
const { renderConfiguration } = await import('../dist/config/render-configuration.js');
writeFileSync('docs/configuration.md', renderConfiguration());
console.log('docs/configuration.md');
