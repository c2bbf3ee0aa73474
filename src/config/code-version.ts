import { readFileSync } from 'node:fs';

/** Of this installation, as `package.json` says. */
export function codeVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
