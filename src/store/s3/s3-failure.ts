import { S3ServiceException } from '@aws-sdk/client-s3';
import { DomainError, TerminalError } from '../../errors.js';
import {
  ObjectNotFoundError,
  PreconditionFailedError,
  StoreUnreachableError,
  StoreWriteError,
  UploadGoneError,
} from '../errors.js';

/** What a call was about, for the message. `key` is relative to the store. */
export interface Subject {
  readonly url: string;
  /** Bucket or address that was asked, for failures to reach it. */
  readonly at: string;
  readonly key: string;
  readonly writes: boolean;
  readonly uploadId?: string;
  readonly signal?: AbortSignal | undefined;
}

/** Name of the S3 error, `undefined` when no server answered. */
export function s3ErrorName(error: unknown): string | undefined {
  return error instanceof S3ServiceException ? error.name : undefined;
}

export function httpStatus(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

/** Number of tries the SDK made, if it says. */
export function tries(error: unknown): number {
  return (error as { $metadata?: { attempts?: number } } | undefined)?.$metadata?.attempts ?? 1;
}

/** The domain error for what a call threw. An abort passes as it was given; domain errors pass as they are. */
export function s3Failure(error: unknown, subject: Subject): unknown {
  if (subject.signal?.aborted) return subject.signal.reason;
  if (error instanceof DomainError) return error;
  if (!(error instanceof S3ServiceException)) return notReached(error, subject);
  const { key, url } = subject;
  const said = saidBy(error);
  switch (error.name) {
    case 'NoSuchKey':
    case 'NotFound':
      return new ObjectNotFoundError(key);
    case 'NoSuchBucket':
      return new StoreUnreachableError(url, 'the bucket does not exist', { cause: error });
    case 'NoSuchUpload':
      return new UploadGoneError(key, subject.uploadId ?? '');
    case 'PreconditionFailed':
      return new PreconditionFailedError(
        key,
        subject.writes
          ? 'another writer was first'
          : 'the object was replaced; its ETag is not the expected one',
      );
    case 'InvalidObjectState':
      return new TerminalError(
        `${key} is in an archive storage class and cannot be read; restore it in the bucket first (${said})`,
        { cause: error },
      );
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
    case 'ExpiredToken':
    case 'InvalidToken':
      return new StoreUnreachableError(url, `the credentials are refused: ${said}`, { cause: error });
    case 'PermanentRedirect':
    case 'AuthorizationHeaderMalformed':
      return new StoreUnreachableError(url, `the bucket is in another region, set AWS_REGION: ${said}`, {
        cause: error,
      });
  }
  const status = httpStatus(error) ?? 0;
  if (status === 412) return new PreconditionFailedError(key, said);
  if (status === 404 && !subject.writes) return new ObjectNotFoundError(key);
  if (status === 401 || status === 403) return refused(error, subject, said);
  if (status >= 500 || status === 408 || status === 429) {
    const detail = `the server cannot answer now: ${said}`;
    return subject.writes
      ? new StoreWriteError(key, detail, { cause: error })
      : new StoreUnreachableError(url, detail, { cause: error });
  }
  if (subject.writes && PLACE_TAKEN.has(error.name)) {
    return new StoreWriteError(key, `a plain object stands where its directory should be (${said})`, {
      cause: error,
    });
  }
  if (subject.writes && MAY_PASS.has(error.name)) return new StoreWriteError(key, said, { cause: error });
  return new TerminalError(`${key}: the store refuses: ${said}`, { cause: error });
}

/** Servers on a file system cannot hold `a` and `a/b` at once. */
const PLACE_TAKEN = new Set(['ObjectParentIsFile', 'ExistingObjectIsDirectory', 'FileParentIsFile']);
const MAY_PASS = new Set([
  'ConditionalRequestConflict',
  'OperationAborted',
  'RequestTimeout',
  'QuotaExceeded',
  'BadDigest',
  'IncompleteBody',
]);

function refused(error: S3ServiceException, subject: Subject, said: string): Error {
  const detail = `access denied: ${said}`;
  if (subject.writes) return new StoreWriteError(subject.key, detail, { cause: error });
  return new StoreUnreachableError(subject.url, `${detail}${subject.key ? ` for ${subject.key}` : ''}`, {
    cause: error,
  });
}

function notReached(error: unknown, subject: Subject): unknown {
  if (!(error instanceof Error)) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (error.name === 'CredentialsProviderError') {
    const hint = 'no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile or role';
    return new StoreUnreachableError(subject.url, hint, { cause: error });
  }
  if (error.message === 'Region is missing') {
    return new StoreUnreachableError(subject.url, 'no region; set AWS_REGION', { cause: error });
  }
  const why = (code && NETWORK_WORDS[code]) ?? (error.message || error.name);
  return new StoreUnreachableError(
    subject.url,
    `no answer from ${subject.at}: ${why}${code ? ` (${code})` : ''}`,
    {
      cause: error,
    },
  );
}

const NETWORK_WORDS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name cannot be looked up now',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'it took too long',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
};

/** Without a body (HEAD), the SDK knows the status alone. */
function saidBy(error: S3ServiceException): string {
  const status = error.$metadata.httpStatusCode ?? '';
  if (error.name === 'Unknown' || error.name === String(status)) return `HTTP status ${status}`;
  const message =
    error.message === error.name || error.message === 'UnknownError' ? '' : `: ${error.message}`;
  return `${error.name} ${status}${message}`;
}
