import { TerminalError } from '../../errors.js';
import type { ArchiveRef } from '../archive-ref.js';

/** Another object stands under the archive's key. What stands there now has its own identity in the next listing. */
export class ArchiveReplacedError extends TerminalError {
  constructor(archive: ArchiveRef, options?: ErrorOptions) {
    super(
      `${archive.key}: was replaced since it was listed (ETag ${archive.etag}); the next listing takes what is there now`,
      options,
    );
  }
}
