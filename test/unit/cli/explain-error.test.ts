import { describe, expect, it } from 'vitest';
import { usageError } from '../../../src/cli/cli-error.js';
import { explainError } from '../../../src/cli/explain-error.js';
import { InvalidConfigError } from '../../../src/config/config-problem.js';
import { InvalidNameError } from '../../../src/ingest/layout.js';
import { StoreUnreachableError, StoreWriteError } from '../../../src/store/errors.js';
import { ToolUnavailableError } from '../../../src/tools/tool.js';

const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
  code: 'ENOSPC',
  syscall: 'write',
  path: '/data/up.json',
});
const refused = Object.assign(new Error('14 UNAVAILABLE: No connection established'), {
  code: 14,
  details: 'No connection established',
});

describe('every failure is one message with its exit code', () => {
  it.each<[string, unknown, number, RegExp]>([
    ['usage', usageError('expected a date'), 2, /^expected a date$/],
    ['a name', new InvalidNameError('partner "X": expected ...'), 2, /^partner "X"/],
    [
      'configuration',
      new InvalidConfigError([
        { file: 'a.yaml', line: 2, column: 3, path: 'id', message: 'expected a text' },
      ]),
      2,
      /^a\.yaml:2:3 id: expected a text$/,
    ],
    [
      'the store',
      new StoreUnreachableError('s3://b', 'does not answer'),
      3,
      /^store s3:\/\/b: does not answer$/,
    ],
    [
      'a write',
      new StoreWriteError('acme/x', 'no space left on the device (ENOSPC)'),
      3,
      /^cannot write acme\/x/,
    ],
    ['a full disk', full, 3, /^cannot write \/data\/up\.json: no space left on the device \(ENOSPC\)$/],
    [
      'Temporal',
      new Error('Failed to query', { cause: refused }),
      3,
      /^Temporal does not answer: No connection/,
    ],
    ['a tool', new ToolUnavailableError('the Temporal server', ['x'], 'Install it.'), 3, /Install it\.$/],
  ])('%s', (_what, error, exitCode, message) => {
    const explained = explainError(error);
    expect(explained.exitCode).toBe(exitCode);
    expect(explained.message).toMatch(message);
    expect(explained.message).not.toMatch(/^\s+at /m);
  });

  it('a defect of ours says so, and where', () => {
    const { exitCode, message } = explainError(new TypeError('x is not a function'));
    expect(exitCode).toBe(70);
    expect(message).toMatch(/defect in Partnerday(.|\n)*explain-error\.test\.ts/);
  });
});
