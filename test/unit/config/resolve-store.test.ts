import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { resolveStore } from '../../../src/config/resolve-store.js';
import { removeUpRecord, writeUpRecord } from '../../../src/config/up-record.js';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'partnerday-store-'));
});

afterEach(() => rm(dir, { recursive: true, force: true }));

it('the store: PARTNERDAY_STORE, then what is up, then partnerday.yaml, then the default', async () => {
  const project = { dir, settings: { store: 'file:///configured', temporal: {}, ui: {} } };
  await writeUpRecord(dir, {
    format: 1,
    startedAt: '2025-01-01T00:00:00Z',
    temporal: { address: '127.0.0.1:1', namespace: 'default' },
    ui: { url: 'http://127.0.0.1:2' },
    store: { url: 's3://recorded', env: { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:3' } },
    processes: [],
  });
  const named = await resolveStore(project, { PARTNERDAY_STORE: 'file:///named' });
  expect(named.url).toBe('file:///named');
  const recorded = await resolveStore(project, {});
  expect(recorded.url).toBe('s3://recorded');
  expect(recorded.env.AWS_ENDPOINT_URL_S3).toBe('http://127.0.0.1:3');
  await removeUpRecord(dir);
  expect((await resolveStore(project, {})).url).toBe('file:///configured');
  const bare = { dir, settings: { temporal: {}, ui: {} } };
  expect((await resolveStore(bare, {})).url).toBe(`file://${dir}/.partnerday/store`);
});
