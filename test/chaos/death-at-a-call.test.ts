import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryStore } from '../support/manifests.js';

const STORE_MODULE = new URL('../../dist/store/open-observed-store.js', import.meta.url).href;
const PUT = `
  const { openObservedStore } = await import(process.argv[1]);
  const store = await openObservedStore(process.argv[2], process.env, () => 'x');
  await store.put('victim', Buffer.from('x'), { ifNoneMatch: '*' });
`;

it.each([
  ['before', false],
  ['after', true],
] as const)('a process dies %s the call it is told to die at, and says so first', async (when, done) => {
  const { store, root, remove } = await temporaryStore();
  const [spec, log] = [join(root, '.faults.json'), join(root, '.faults.jsonl')];
  writeFileSync(spec, JSON.stringify({ log, rules: [{ verb: 'put', fault: 'kill', when }] }));
  const child = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', PUT, STORE_MODULE, `file://${root}`],
    { env: { ...process.env, PARTNERDAY_FAULTS: spec } },
  );
  expect(child.signal, child.stderr.toString()).toBe('SIGKILL');
  expect((await store.head('victim')) !== undefined).toBe(done);
  expect(existsSync(log) && readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(1);
  await remove();
});
