import { CommanderError } from 'commander';
import { InvalidConfigError } from '../config/config-problem.js';
import { TerminalError, TransientError } from '../errors.js';
import { UnreadableObjectError } from '../ingest/documents/unreadable-object.js';
import { InvalidNameError } from '../ingest/layout.js';
import {
  ConflictError,
  ObjectNotFoundError,
  StoreUnreachableError,
  StoreWriteError,
} from '../store/errors.js';
import { errnoOf, inWords } from '../store/file/write-error.js';
import { ToolUnavailableError } from '../tools/tool.js';
import { CliError } from './cli-error.js';
import { EXIT, type ExitCode } from './exit-code.js';

export interface Explained {
  exitCode: ExitCode;
  message: string;
  next?: string;
}

/** One message and one exit code for whatever went wrong. Only a defect of ours shows a stack. */
export function explainError(error: unknown): Explained {
  if (error instanceof CliError) {
    return { exitCode: error.exitCode, message: error.message, ...(error.next ? { next: error.next } : {}) };
  }
  if (error instanceof CommanderError) {
    return { exitCode: EXIT.usage, message: error.message.replace(/^error: /, '') };
  }
  if (error instanceof InvalidConfigError) {
    const many = error.problems.length === 1 ? 'it' : 'them';
    return {
      exitCode: EXIT.usage,
      message: error.message,
      next: `Correct ${many}, then: partnerday validate`,
    };
  }
  if (error instanceof InvalidNameError) return { exitCode: EXIT.usage, message: error.message };
  if (error instanceof StoreUnreachableError || error instanceof StoreWriteError) {
    return { exitCode: EXIT.unreachable, message: error.message, next: 'partnerday doctor' };
  }
  if (error instanceof ObjectNotFoundError || error instanceof ConflictError) {
    return {
      exitCode: EXIT.unreachable,
      message: `the store does not hold what it should: ${error.message}`,
    };
  }
  if (
    error instanceof ToolUnavailableError ||
    error instanceof UnreadableObjectError ||
    // Its module loads the Temporal SDK, which most verbs do without.
    (error instanceof TerminalError && error.name === 'SearchAttributesMissingError')
  ) {
    return { exitCode: EXIT.unreachable, message: error.message };
  }
  if (error instanceof TransientError) return { exitCode: EXIT.unreachable, message: error.message };
  if (error instanceof TerminalError) return { exitCode: EXIT.usage, message: error.message };
  return explainForeign(error);
}

function explainForeign(error: unknown): Explained {
  const code = errnoOf(error);
  if (code !== undefined) {
    const { path, syscall } = error as NodeJS.ErrnoException;
    const what = path ? `${syscall ?? 'use'} ${path}` : (syscall ?? 'the system');
    return { exitCode: EXIT.unreachable, message: `cannot ${what}: ${inWords(error)}` };
  }
  const grpc = grpcCause(error);
  if (grpc) {
    const unreachable = grpc.code === 14 || grpc.code === 4;
    return {
      exitCode: EXIT.unreachable,
      message: `Temporal ${unreachable ? 'does not answer' : 'refused'}: ${grpc.details}`,
      next: 'partnerday doctor',
    };
  }
  // A worker's connection is another library than a client's, and says it in its own way.
  if (error instanceof Error && error.name === 'TransportError') {
    const [, said = error.message] = /message: "([^"]+)"/.exec(error.message) ?? [];
    return {
      exitCode: EXIT.unreachable,
      message: `Temporal does not answer: ${said}`,
      next: 'partnerday doctor',
    };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    exitCode: EXIT.defect,
    message: `this should not happen and is a defect in Partnerday:\n${text}`,
    next: 'Please report it with the lines above.',
  };
}

/** The gRPC answer inside whatever the Temporal client wrapped it in. */
export function grpcCause(error: unknown): { code: number; details: string } | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code, details } = at as Error & { code?: unknown; details?: unknown };
    if (typeof code === 'number' && typeof details === 'string') return { code, details };
  }
  return undefined;
}
