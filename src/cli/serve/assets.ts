import { ICON } from './pages/icon.js';
import { SCRIPT } from './pages/script.js';
import { STYLE } from './pages/style.js';
import type { Route } from './request-listener.js';

/** Compiled into the program: there is nothing to build, to mount or to fetch. */
export function assetRoutes(): Route[] {
  return [
    asset('/assets/partnerday.css', 'text/css; charset=utf-8', STYLE),
    asset('/assets/partnerday.js', 'text/javascript; charset=utf-8', SCRIPT),
    asset('/assets/icon.svg', 'image/svg+xml', ICON),
  ];
}

function asset(path: string, type: string, body: string): Route {
  const headers = { 'content-type': type, 'cache-control': 'public, max-age=300' };
  return { method: 'GET', path, handle: async () => ({ status: 200, headers, body }) };
}
