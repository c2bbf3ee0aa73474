import type { TableExpectation } from '../planning/table-rules.js';

/** What the contract of a table says of one header. */
export interface HeaderVerdict {
  /** Whether members with this header may be merged. */
  readonly honoured: boolean;
  /** Required columns it lacks. */
  readonly lacking: readonly string[];
  /** Columns the contract does not know, where it cares. */
  readonly foreign: readonly string[];
}

export function judgeHeader(
  columns: readonly string[],
  { contract, required, expected }: TableExpectation,
): HeaderVerdict {
  const names = new Set(columns);
  const known = new Set(expected);
  const lacking = required.filter((column) => !names.has(column));
  const foreign =
    expected === undefined || contract.columns === 'evolve'
      ? []
      : columns.filter((column) => !known.has(column));
  const broken = lacking.length > 0 || foreign.length > 0;
  return { honoured: !(broken && contract.columns === 'quarantine'), lacking, foreign };
}
