import { type Browser, chromium } from 'playwright-core';
import { ensureChromium } from '../../src/tools/ensure-chromium.js';

/** The Chromium that is there, without a window. */
export async function openBrowser(): Promise<Browser> {
  const { path } = await ensureChromium();
  // Containers have no user namespaces and little shared memory; the pages are our own.
  return chromium.launch({ executablePath: path, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
