/** The calls of an `ObjectStore` that reach the store. */
export const STORE_VERBS = [
  'head',
  'get',
  'getBytes',
  'put',
  'delete',
  'list',
  'createUpload',
  'uploadPart',
  'copyPart',
  'listParts',
  'completeUpload',
  'abortUpload',
  'listUploads',
] as const;
export type StoreVerb = (typeof STORE_VERBS)[number];

const WRITES = new Set<StoreVerb>([
  'put',
  'delete',
  'createUpload',
  'uploadPart',
  'copyPart',
  'completeUpload',
  'abortUpload',
]);

export function isWrite(verb: StoreVerb): boolean {
  return WRITES.has(verb);
}
