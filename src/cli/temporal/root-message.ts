import { WorkflowFailedError } from '@temporalio/client';
import { ActivityFailure, ChildWorkflowFailure } from '@temporalio/common';

/**
 * What really happened, in our own words: the outer failures only say which workflow or activity it was, and what
 * lies below ours is the system's raw error, without the place.
 */
export function rootMessage(error: Error): string {
  let own = error;
  while (isWrapper(own) && own.cause instanceof Error) own = own.cause;
  return own.message;
}

function isWrapper(error: Error): boolean {
  return (
    error instanceof WorkflowFailedError ||
    error instanceof ChildWorkflowFailure ||
    error instanceof ActivityFailure
  );
}
