import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sourceComplete } from '../../src/workflows/messages.js';
import { openBrowser } from '../support/browser.js';
import { RealPartner } from '../support/real-partner.js';
import { startTemporal } from '../support/temporal-server.js';
import { startTestServer } from '../support/test-server.js';

let env: TestWorkflowEnvironment;
let browser: Browser;
beforeAll(async () => {
  [env, browser] = await Promise.all([startTemporal(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await env?.teardown();
});

it('a running day shows itself as it goes on, and is the published day when it has ended, without a touch', async () => {
  await RealPartner.with(env, { sources: [{ settle: '10ms' }] }, async (partner) => {
    const handle = await partner.start('wait');
    const server = await startTestServer({
      store: partner.store,
      client: env.client,
      partners: { [partner.id]: {} },
      uiUrl: 'http://127.0.0.1:8233',
    });
    try {
      const page = await browser.newPage();
      await page.goto(`${server.url}/`);
      await page
        .getByRole('link', { name: `${partner.id} ${partner.date}` })
        .first()
        .click();
      await page.getByText('waiting for main').waitFor();
      const link = await page.getByRole('link', { name: 'Temporal Web UI' }).getAttribute('href');
      const { runId } = await handle.describe();
      const id = encodeURIComponent(`partner-day/${partner.id}/${partner.date}`);
      expect(link).toBe(`http://127.0.0.1:8233/namespaces/default/workflows/${id}/${runId}/timeline`);
      expect(await page.locator('noscript').count()).toBe(1);
      await partner.land('a.tar.gz', { 'orders_20261120_1.csv': 'id\n1\n' });
      await handle.signal(sourceComplete, { source: 'main' });
      await handle.result();
      await page.getByText('version 1 is published').waitFor({ timeout: 20_000 });
      expect(await page.getByText('Running now').count()).toBe(0);
      expect(await page.locator('noscript').count()).toBe(0);
    } finally {
      await server.stop();
    }
  });
});
