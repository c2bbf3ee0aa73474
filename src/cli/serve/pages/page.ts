import type { Answer } from '../exchange.js';
import { type Content, Html, html } from './html.js';

const SECURITY = {
  'content-security-policy': [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cache-control': 'no-store',
};

export interface Page {
  title: string;
  /** From the fleet down to here, this page left out. */
  trail?: readonly { text: string; href: string }[];
  main: Content;
  /** Without script the page is loaded again every ten seconds: something on it is going on. */
  live?: boolean;
}

export function pageAnswer(page: Page, status = 200, headers: Record<string, string> = {}): Answer {
  return htmlAnswer(wholePage(page), status, headers);
}

export function htmlAnswer(markup: Html, status = 200, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', ...SECURITY, ...headers },
    body: markup.text,
  };
}

function wholePage({ title, trail = [], main, live = false }: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Partnerday</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/partnerday.css">
<script src="/assets/partnerday.js" defer></script>
${live && new Html('<noscript><meta http-equiv="refresh" content="10"></noscript>')}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header>
<nav aria-label="Where you are">
<ol class="trail">
<li><a href="/">Partnerday</a></li>
${trail.map(({ text, href }) => html`<li><a href="${href}">${text}</a></li>`)}
</ol>
</nav>
</header>
<main id="main">
${main}
</main>
<footer><a href="/openapi.json">OpenAPI</a></footer>
</body>
</html>
`;
}
