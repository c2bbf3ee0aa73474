import { StoreUnreachableError, StoreWriteError } from '../errors.js';

const WORDS: Record<string, string> = {
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than the file system allows',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a plain file stands where its directory should be',
  EISDIR: 'a directory stands where the file should be',
  ELOOP: 'a symbolic link stands where a directory or file should be',
  ENAMETOOLONG: 'the path is too long for the file system',
  EMLINK: 'too many links to one file',
  EXDEV: 'the directory lies on another file system than the store',
  EMFILE: 'too many open files in this process',
  ENFILE: 'too many open files on this machine',
  EIO: 'the device reports an I/O error',
  ENOENT: 'the directory or temporary file was removed meanwhile',
};

/** The file system's code, if the error is one of its own. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall === undefined ? undefined : code;
}

/** Why, in words; with the code, so that it can be searched for. */
export function inWords(error: unknown): string {
  const code = errnoOf(error);
  if (code === undefined) return error instanceof Error ? error.message : String(error);
  return `${WORDS[code] ?? 'the file system refuses'} (${code})`;
}

/** File system errors become StoreWriteError; domain errors and aborts pass as they are. */
export function asWriteError(key: string, error: unknown): unknown {
  return errnoOf(error) === undefined ? error : new StoreWriteError(key, inWords(error), { cause: error });
}

/** File system errors become StoreUnreachableError; domain errors and aborts pass as they are. */
export function asReadError(url: string, what: string, error: unknown): unknown {
  if (errnoOf(error) === undefined) return error;
  return new StoreUnreachableError(url, `cannot read ${what || 'the root'}: ${inWords(error)}`, {
    cause: error,
  });
}
