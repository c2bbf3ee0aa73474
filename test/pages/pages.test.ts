import { Client, Connection } from '@temporalio/client';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/tools/free-port.js';
import { openBrowser } from '../support/browser.js';
import { LocalDay } from '../support/local-day.js';
import { layout } from '../support/manifests.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

const { partner, date } = layout;
const EVIL = '<img src=x onerror=alert(1)>';
const VIEW = 'viewer-token-0123456789';

let browser: Browser;
let connection: Connection;
let day: LocalDay;
let server: TestServer;

/** The day after, wherever the calendar stands. */
const now = () => Date.parse(`${date}T12:00:00Z`) + 24 * 3600_000;

function serve(env: NodeJS.ProcessEnv = {}): Promise<TestServer> {
  const client = new Client({ connection });
  return startTestServer({
    store: day.store,
    client,
    env,
    now,
    partners: { [partner]: { name: EVIL }, 'quiet-one': {} },
    uiUrl: 'http://127.0.0.1:8233',
  });
}

beforeAll(async () => {
  browser = await openBrowser();
  // Nothing is running: these pages are of finished days, and Temporal is away.
  connection = Connection.lazy({ address: `127.0.0.1:${await freePort()}` });
  day = await LocalDay.create();
  const compact = date.replaceAll('-', '');
  await day.land('a.tar.gz', {
    [`orders_${compact}_1.csv`]: `id,${EVIL}\n1,x\n2,\n`,
    [`orders_${compact}_2.csv`]: 'id\n3\n',
    [`stays_${compact}_1.csv`]: 'id,note\n1,x\n',
    [`rooms_${compact}_1.csv`]: 'id,note\n1,x\n1,2,3\n',
  });
  await day.run(undefined, ['stays']);
  server = await serve();
});
afterAll(async () => {
  await server?.stop();
  await connection?.close();
  await day?.remove();
  await browser?.close();
});

/** A page that fails the test for every message of an error, every dialog, and every request to another host. */
async function withPage(options: BrowserContextOptions, test: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ baseURL: server.url, ...options });
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('dialog', (dialog) => {
    wrong.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url)) wrong.push(`request to ${request.url()}`);
  });
  try {
    await test(page);
    expect(wrong).toEqual([]);
  } finally {
    await context.close();
  }
}

const DAY = `/partners/${partner}/days/${date}`;

describe('the pages', () => {
  it('lead from the fleet to a day, a table and a finding, and back, with the keyboard alone', async () => {
    await withPage({}, async (page) => {
      await page.goto('/');
      await page.keyboard.press('Tab');
      expect(await page.locator(':focus').textContent()).toBe('Skip to the content');
      const cell = page.locator(`td.bad a[href="${DAY}"]`);
      expect(await cell.getAttribute('aria-label')).toContain(`${partner} ${date}: v1, score`);
      await page.locator(`th a[href="/partners/${partner}"]`).focus();
      await page.keyboard.press('ArrowRight');
      expect(await page.locator(':focus').getAttribute('href')).toBe(DAY);
      await page.keyboard.press('Enter');
      await page.waitForURL(`**${DAY}`);
      expect(await page.locator('.verdict').first().textContent()).toContain('1 of 3 tables failed');
      // Failed first, whatever the alphabet says.
      expect(await page.locator('section[aria-labelledby=tables] tbody th').allTextContents()).toEqual([
        'stays',
        'orders',
        'rooms',
      ]);
      await page.getByRole('link', { name: 'rooms', exact: true }).focus();
      await page.keyboard.press('Enter');
      await page.waitForURL('**/tables/rooms');
      await page.locator('.findings a').first().focus();
      await page.keyboard.press('Enter');
      await page.waitForURL('**/v1/findings/*');
      expect(await page.locator('dl').textContent()).toContain('rooms');
      expect(await page.locator('pre').allTextContents()).toContain(
        `partnerday quarantine list ${partner} ${date}`,
      );
      await page.locator('.trail a').nth(2).focus();
      await page.keyboard.press('Enter');
      await page.waitForURL(`**${DAY}`);
    });
  });

  it('show what partners wrote as text, and run nothing of it', async () => {
    await withPage({}, async (page) => {
      for (const path of ['/', `/partners/${partner}`, DAY, `${DAY}/tables/orders`]) {
        await page.goto(path);
        expect(await page.locator('img').count()).toBe(0);
      }
      expect(await page.locator('tbody th').allTextContents()).toContain(EVIL);
      await page.goto(`/partners/${partner}`);
      expect(await page.locator('main').textContent()).toContain(EVIL);
    });
  });

  it('say everything without script', async () => {
    await withPage({ javaScriptEnabled: false }, async (page) => {
      await page.goto('/');
      expect(await page.getByRole('heading', { name: 'Needs you' }).count()).toBe(1);
      await page.locator(`td a[href="${DAY}"]`).click();
      expect(await page.locator('main').textContent()).toContain('Why the score is');
    });
  });

  it.each([
    ['light', 'phone', 360],
    ['dark', 'phone', 360],
    ['light', 'desktop', 1280],
    ['dark', 'desktop', 1280],
  ] as const)('fit and can be read: %s, %s', async (colorScheme, _device, width) => {
    await withPage({ colorScheme, viewport: { width, height: 800 } }, async (page) => {
      for (const path of ['/', DAY, `${DAY}/tables/orders`, `${DAY}/v1/findings/1`]) {
        await page.goto(path);
        const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
        expect([path, overflow]).toEqual([path, 0]);
        expect(await page.evaluate(POOR_CONTRAST)).toEqual([]);
      }
    });
  });

  it('are guarded by headers that forbid everything from elsewhere', async () => {
    const { headers } = await fetch(server.url);
    const policy = headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each([
    '/partners/nobody',
    '/partners/nobody/days/2026-01-01',
    `${DAY}/tables/none`,
    `${DAY}/v1/findings/9999`,
    `${DAY}/v9/findings/1`,
    '/partners/..%2f..%2fetc',
    '/nothing',
  ])('say that %s is not there (404)', async (path) => {
    expect((await fetch(server.url + path)).status).toBe(404);
  });

  it('tell of a day that has nothing', async () => {
    const page = await fetch(`${server.url}/partners/quiet-one/days/${date}`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('Nothing of this day is published');
  });
});

describe('reading', () => {
  it('needs the viewer token where there is one: in the form, by a header, and in no other way', async () => {
    const guarded = await serve({ PARTNERDAY_VIEW_TOKEN: VIEW });
    const context = await browser.newContext({ baseURL: guarded.url });
    try {
      for (const path of ['/', DAY, '/live']) {
        const refused = await fetch(guarded.url + path, { redirect: 'manual' });
        expect(refused.status).toBe(303);
        expect(refused.headers.get('location')).toBe(`/login?next=${encodeURIComponent(path)}`);
      }
      const page = await context.newPage();
      await page.goto(DAY);
      await page.getByLabel('Viewer token').fill('not-the-viewer-token');
      await page.keyboard.press('Enter');
      await page.getByText('This token is not known').waitFor();
      await page.getByLabel('Viewer token').fill(VIEW);
      await page.keyboard.press('Enter');
      await page.waitForURL(`**${DAY}`);
      const [cookie] = await context.cookies();
      expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
      expect(cookie!.value).not.toContain(VIEW);
      const withHeader = (token: string) =>
        fetch(guarded.url, { headers: { authorization: `Bearer ${token}` } });
      expect((await withHeader(VIEW)).status).toBe(200);
      expect((await withHeader('not-the-viewer-token')).status).toBe(401);
    } finally {
      await context.close();
      await guarded.stop();
    }
  });

  it('never leads elsewhere after signing in', async () => {
    const guarded = await serve({ PARTNERDAY_VIEW_TOKEN: VIEW });
    for (const next of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      '/ok\r\nset-cookie: a=b',
    ]) {
      const answer = await fetch(`${guarded.url}/login`, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ token: VIEW, next }),
      });
      expect(answer.headers.get('location')).toBe('/');
    }
    await guarded.stop();
  });

  it('without a token is for this machine alone: a name elsewhere that points here reads nothing', async () => {
    const { request } = await import('node:http');
    const status = await new Promise((resolve, reject) => {
      const asked = request(server.url, { headers: { host: 'evil.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on('error', reject).end();
    });
    expect(status).toBe(421);
  });
});

/** Texts of less contrast with their background than WCAG AA asks for (4.5). */
const POOR_CONTRAST = `(() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => {
    const part = (value) => { const v = value / 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const backOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll('main *, header *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    if (!own || element.closest('svg')) continue;
    const [front, back] = [light(rgb(getComputedStyle(element).color)), light(backOf(element))];
    const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    if (contrast < 4.5) poor.push(element.textContent.trim().slice(0, 40) + ' ' + contrast.toFixed(2));
  }
  return poor;
})()`;
