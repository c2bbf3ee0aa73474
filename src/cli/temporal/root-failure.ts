import { WorkflowFailedError } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure } from '@temporalio/common';

export interface RootFailure {
  message: string;
  /** The name of the domain's error, as the activity had it. */
  type?: string;
}

/**
 * What really happened, in our own words: the outer failures only say which workflow or activity it was, and what
 * lies below ours is the system's raw error, without the place.
 */
export function rootFailure(error: Error): RootFailure {
  let own = error;
  while (isWrapper(own) && own.cause instanceof Error) own = own.cause;
  const type = own instanceof ApplicationFailure ? own.type : undefined;
  return { message: own.message, ...(type ? { type } : {}) };
}

function isWrapper(error: Error): boolean {
  return (
    error instanceof WorkflowFailedError ||
    error instanceof ChildWorkflowFailure ||
    error instanceof ActivityFailure
  );
}
