import { PreconditionFailedError } from '../errors.js';
import type { ObjectInfo, WriteCondition } from '../object-store.js';

/** @throws PreconditionFailedError unless the condition holds for what is there now */
export function requireCondition(
  key: string,
  current: ObjectInfo | undefined,
  condition: WriteCondition,
): void {
  if ('ifNoneMatch' in condition) {
    if (current === undefined) return;
    throw new PreconditionFailedError(key, `exists already with ETag ${current.etag}`);
  }
  if (current?.etag === condition.ifMatch) return;
  const found = current === undefined ? 'there is no such object' : `ETag is ${current.etag}`;
  throw new PreconditionFailedError(key, `${found}, expected ETag ${condition.ifMatch}`);
}
