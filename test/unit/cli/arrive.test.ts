import { describe, expect, it } from 'vitest';
import { plainSignalCommand } from '../../../src/cli/temporal/plain-command.js';
import { messagesOf } from '../../../src/cli/verbs/arrive.js';
import { partnerConfigSchema } from '../../../src/config/partner-config.js';

const acme = partnerConfigSchema.parse({ id: 'acme' });
const two = partnerConfigSchema.parse({
  id: 'two',
  sources: [{ id: 'sftp' }, { id: 'api', landing: 'landing/{partner}/api/{date}/' }],
});
const DATE = '2025-05-01';

describe('what arrive sends', () => {
  it('without options: look again', () => {
    expect(messagesOf(acme, DATE, {})).toEqual([{ name: 'sourceArrived', body: { source: 'main' } }]);
  });

  it('keys become whole keys of the source', () => {
    expect(messagesOf(acme, DATE, { key: ['a.tar.gz', 'landing/acme/2025-05-01/b.tar.gz'] })).toEqual([
      {
        name: 'sourceArrived',
        body: {
          source: 'main',
          keys: ['landing/acme/2025-05-01/a.tar.gz', 'landing/acme/2025-05-01/b.tar.gz'],
        },
      },
    ]);
  });

  it('--complete with a manifest and a number is one message', () => {
    expect(messagesOf(acme, DATE, { complete: true, manifest: 'M.json', archives: '44' })).toEqual([
      {
        name: 'sourceComplete',
        body: { source: 'main', archives: 44, manifest: 'landing/acme/2025-05-01/M.json' },
      },
    ]);
  });

  it('keys and --complete are two messages, in this order', () => {
    expect(messagesOf(acme, DATE, { key: ['a.tar.gz'], complete: true }).map(({ name }) => name)).toEqual([
      'sourceArrived',
      'sourceComplete',
    ]);
  });
});

describe('what arrive refuses', () => {
  it.each([
    'landing/other/2025-05-01/a.tar.gz',
    'landing/acme/2025-05-02/a.tar.gz',
    '../a.tar.gz',
    'landing/acme/2025-05-01/../../other/2025-05-01/a.tar.gz',
    '/etc/passwd',
    '',
  ])('the key %j', (key) => {
    expect(() => messagesOf(acme, DATE, { key: [key] })).toThrow(
      'is not a key below landing/acme/2025-05-01/',
    );
    expect(() => messagesOf(acme, DATE, { manifest: key })).toThrow(
      'is not a key below landing/acme/2025-05-01/',
    );
  });

  it('more keys than a signal may carry', () => {
    const key = Array.from({ length: 101 }, (_, index) => `${index}.tar.gz`);
    expect(() => messagesOf(acme, DATE, { key })).toThrow('expected at most 100 keys, received 101');
    expect(messagesOf(acme, DATE, { key: key.slice(0, 100) })).toHaveLength(1);
  });

  it('no source where there are several, or one that is not there', () => {
    expect(() => messagesOf(two, DATE, {})).toThrow('say which (sftp, api)');
    expect(() => messagesOf(two, DATE, { source: 'ftp' })).toThrow('expected one of sftp, api');
    expect(() => messagesOf(two, DATE, { source: 'api', key: ['landing/two/2025-05-01/a.tar.gz'] })).toThrow(
      'landing/two/api/2025-05-01/',
    );
  });

  it('a number that is none, or one without --complete', () => {
    expect(() => messagesOf(acme, DATE, { complete: true, archives: 'many' })).toThrow(
      'expected a whole number',
    );
    expect(() => messagesOf(acme, DATE, { archives: '3' })).toThrow('--archives needs --complete');
  });
});

it('the printed command survives a shell, whatever the keys are called', () => {
  const command = plainSignalCommand('acme', DATE, 'sourceArrived', { keys: ["it's $HOME `x` 주문.tar.gz"] });
  expect(command).toBe(
    `temporal workflow signal --workflow-id partner-day/acme/2025-05-01 --name sourceArrived --input '{"keys":["it'\\''s $HOME \`x\` 주문.tar.gz"]}'`,
  );
});
