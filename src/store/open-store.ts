import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TerminalError } from '../errors.js';
import { FileStore } from './file/file-store.js';
import type { ObjectStore } from './object-store.js';

/**
 * Opens the store a URL names: `file:///dir[?fsync=1]` or `s3://bucket[/prefix]` (`AWS_ENDPOINT_URL_S3` for servers
 * other than AWS). Opening touches nothing; `check()` tells whether the store answers.
 * @throws TerminalError when the URL names no store
 */
export async function openStore(url: string, env: NodeJS.ProcessEnv = process.env): Promise<ObjectStore> {
  if (url.startsWith('file:')) return openFileStore(url);
  if (url.startsWith('s3:')) return openS3Store(url, env);
  throw new TerminalError(`store ${JSON.stringify(url)}: ${hint(url)}`);
}

function openFileStore(url: string): FileStore {
  const parsed = parse(url);
  if (parsed.host !== '' && parsed.host !== 'localhost') {
    throw new TerminalError(`store ${url}: an absolute path needs three slashes, for example file:///data`);
  }
  let fsync = false;
  for (const [name, value] of parsed.searchParams) {
    if (name !== 'fsync' || (value !== '0' && value !== '1')) {
      throw new TerminalError(
        `store ${url}: expected no option but fsync=0 or fsync=1, got ${name}=${value}`,
      );
    }
    fsync = value === '1';
  }
  parsed.search = '';
  return new FileStore({ root: fileURLToPath(parsed), fsync, url });
}

/** The AWS SDK is loaded only where it is needed: it takes as long as all the rest of a short command. */
async function openS3Store(url: string, env: NodeJS.ProcessEnv): Promise<ObjectStore> {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(url);
  if (match === null) {
    throw new TerminalError(`store ${url}: expected s3://bucket or s3://bucket/prefix`);
  }
  const { S3Store } = await import('./s3/s3-store.js');
  const endpoint = env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL;
  return new S3Store({
    bucket: match[1]!,
    prefix: (match[2] ?? '').replace(/\/+$/, ''),
    url,
    env,
    ...(endpoint ? { endpoint } : {}),
  });
}

function parse(url: string): URL {
  try {
    return new URL(url);
  } catch (cause) {
    throw new TerminalError(`store ${url}: not a URL`, { cause });
  }
}

function hint(url: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return 'expected file:///dir or s3://bucket[/prefix]';
  return `expected a URL; for a directory write file://${resolve(url || '.')}`;
}
