import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/tools/free-port.js';
import { generateLanding } from '../support/landing.js';
import { startCli } from '../support/real-cli.js';
import { post } from '../support/test-server.js';

const DATE = '2025-05-01';
const TOKEN = 'acme-token-0123456789';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'partnerday-serve-'));
  await mkdir(join(dir, 'partners'));
  await writeFile(join(dir, 'partners', 'acme.yaml'), 'id: acme\nsources:\n  - settle: 100ms\n');
  await generateLanding(join(dir, '.partnerday', 'store'), {
    partner: 'acme',
    date: DATE,
    archives: 2,
    archiveBytes: 2_000,
  });
});
afterAll(async () => {
  await startCli(['down', '--wipe'], { cwd: dir }).result;
  await rm(dir, { recursive: true, force: true });
});

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

describe('partnerday serve', () => {
  it('is started by `up`, shows what runs there, takes a partner’s word, and ends with `down`', async () => {
    const env = { PARTNERDAY_TOKEN_ACME: TOKEN };
    const up = await startCli(['up', '--detach', '-o', 'json'], { cwd: dir, env }).result;
    expect(up.code).toBe(0);
    const { serve, ui } = JSON.parse(up.stdout);
    const url = `${serve.url}/v1/partners/acme/days/${DATE}/arrivals`;
    expect((await post(url, TOKEN, { complete: true, archives: 2 })).status).toBe(202);
    const page = async () => (await fetch(`${serve.url}/partners/acme/days/${DATE}`)).text();
    await expect.poll(page, { timeout: 60_000, interval: 500 }).toContain('version 1 is published');
    expect(await page()).toContain(`href="${ui.url}/namespaces/default/workflows/`);
    // A partner that is added while it runs needs no restart.
    await writeFile(join(dir, 'partners', 'beta.yaml'), 'id: beta\n');
    await expect
      .poll(async () => (await fetch(serve.url)).text(), { timeout: 15_000 })
      .toContain('/partners/beta');
    expect((await startCli(['down'], { cwd: dir }).result).code).toBe(0);
    expect(await answers(`${serve.url}/livez`)).toBe(false);
  });

  it('answers probes on a port of their own, and ends with 0 when it is told to', async () => {
    const [port, probe] = [await freePort(), await freePort()];
    const env = { PARTNERDAY_PROBE_PORT: String(probe), TEMPORAL_ADDRESS: '127.0.0.1:1' };
    const { process, result } = startCli(['serve', '--port', String(port)], { cwd: dir, env });
    for (const name of ['readyz', 'livez']) {
      await expect.poll(() => answers(`http://127.0.0.1:${probe}/${name}`), { timeout: 30_000 }).toBe(true);
    }
    expect((await fetch(`http://127.0.0.1:${probe}/`)).status).toBe(404);
    // Finished days need no Temporal.
    expect(await answers(`http://127.0.0.1:${port}/partners/acme/days/${DATE}`)).toBe(true);
    process.kill('SIGTERM');
    expect((await result).code).toBe(0);
  });

  it('says why it cannot begin', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const busy = await startCli(['serve', '--port', String(port)], { cwd: dir }).result;
    taken.close();
    expect([busy.code, busy.stderr]).toEqual([
      3,
      expect.stringContaining(`cannot listen on 127.0.0.1:${port}`),
    ]);
    const short = await startCli(['serve'], { cwd: dir, env: { PARTNERDAY_TOKEN_ACME: 'short' } }).result;
    expect([short.code, short.stderr]).toEqual([2, expect.stringContaining('at least 16 characters')]);
    const rate = await startCli(['serve', '--rate', '0'], { cwd: dir }).result;
    expect([rate.code, rate.stderr]).toEqual([2, expect.stringContaining('--rate')]);
  });
});
