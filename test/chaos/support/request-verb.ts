import type { StoreVerb } from '../../../src/store/store-verb.js';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Which call of the store a request to an S3 server belongs to, and the key it is about. */
export function requestVerb({ method, url, headers }: SeenRequest): { verb: StoreVerb; key: string } {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const key = decodeURIComponent(pathname.split('/').slice(2).join('/'));
  const has = (name: string) => searchParams.has(name);
  const about = (verb: StoreVerb) => ({ verb, key: key || (searchParams.get('prefix') ?? '') });
  switch (method) {
    case 'HEAD':
      return about('head');
    case 'PUT':
      if (!has('partNumber')) return about('put');
      return about(headers['x-amz-copy-source'] === undefined ? 'uploadPart' : 'copyPart');
    case 'POST':
      return about(has('uploads') ? 'createUpload' : 'completeUpload');
    case 'DELETE':
      return about(has('uploadId') ? 'abortUpload' : 'delete');
    default:
      if (has('list-type')) return about('list');
      if (has('uploads')) return about('listUploads');
      return about(has('uploadId') ? 'listParts' : 'get');
  }
}

/** Whose key it is: what is being read or written, not who does it. */
export function phaseOfKey(key: string): string {
  if (key.startsWith('landing/') || /\/(extract|quarantine|slices)\//.test(key)) return 'extract';
  if (/\/v\d+\/plan[./]|\/registry\//.test(key)) return 'plan';
  if (/\/v\d+\/([^/]+\.csv$|compose\/|merged\/)/.test(key)) return 'compose';
  if (/\/v\d+\/|\/published\.json$/.test(key)) return 'publish';
  return 'other';
}
