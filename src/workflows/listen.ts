import { ApplicationFailure, condition, setHandler } from '@temporalio/workflow';
import type { Day } from './day.js';
import {
  type Decide,
  decide,
  MAX_KEYS,
  progress,
  type RetryAccepted,
  type RetryTable,
  retryTable,
  type SourceArrived,
  type SourceComplete,
  sliceProgress,
  sourceArrived,
  sourceComplete,
} from './messages.js';

/** Registers every message before the first await, so that none that came with the start is lost. */
export function listen(day: Day): void {
  const { state } = day;
  setHandler(sourceArrived, (message) => void (isArrival(message) && state.arrived(message)), {
    description: 'Some archives, or a manifest of them, are there: {source, manifest? | keys?}',
  });
  setHandler(sourceComplete, (message) => void (isCompletion(message) && state.completed(message)), {
    description: 'The source has sent everything: {source, archives?, bytes?, manifest?, id?}',
  });
  setHandler(sliceProgress, (message) => state.sliceProgress(message), {
    description: 'Internal: from extractSlice',
  });
  setHandler(progress, () => state.progress(), {
    description: 'What the day is doing, per source and per table',
  });
  setHandler(retryTable, (request) => acceptRetry(day, request), {
    validator: validateRetry,
    description: 'Merge failed tables again, now: {tables: [] for all, id?}',
  });
  setHandler(decide, (decision) => acceptDecision(day, decision), {
    validator: (decision) => validateDecision(day, decision),
    description: 'Release or reject a held version: {version, action: release | reject, by, why}',
  });
}

async function acceptRetry(day: Day, request: RetryTable): Promise<RetryAccepted> {
  const { state } = day;
  state.expectRetry();
  await condition(() => state.planned !== undefined);
  const unknown = request.tables.filter((table) => !state.tables.has(table));
  if (unknown.length > 0) {
    const message = `no such table in ${day.partner} ${day.date}: ${unknown.join(', ')}`;
    throw ApplicationFailure.nonRetryable(message, 'UnknownTable');
  }
  return { tables: state.requestRetry(request) };
}

async function acceptDecision(day: Day, decision: Decide): Promise<{ version: number; status: string }> {
  day.decision = decision;
  await condition(() => day.decision === undefined);
  return { version: decision.version, status: day.status };
}

function validateDecision(day: Day, decision: Decide): void {
  const { version, action, by, why } = decision ?? {};
  if ((action !== 'release' && action !== 'reject') || !by || !why) {
    throw ApplicationFailure.nonRetryable(
      'expected {version, action: release | reject, by, why}',
      'InvalidDecision',
    );
  }
  if (day.status !== 'held' || version !== day.state.version) {
    throw ApplicationFailure.nonRetryable(`version ${version} is not on hold`, 'NotOnHold');
  }
}

function validateRetry(request: RetryTable): void {
  const tables = request?.tables;
  if (
    !Array.isArray(tables) ||
    tables.length > MAX_KEYS ||
    tables.some((table) => typeof table !== 'string')
  ) {
    const message = `expected {tables: string[]} with at most ${MAX_KEYS} tables; [] means all`;
    throw ApplicationFailure.nonRetryable(message, 'InvalidRetry');
  }
}

/** A malformed signal cannot be refused, only ignored. */
function isArrival(message: SourceArrived): boolean {
  const keys = message?.keys;
  return (
    typeof message?.source === 'string' &&
    (keys === undefined || (Array.isArray(keys) && keys.length <= MAX_KEYS))
  );
}

function isCompletion(message: SourceComplete): boolean {
  return typeof message?.source === 'string';
}
