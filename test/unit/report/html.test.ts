import { expect, it } from 'vitest';
import { html } from '../../../src/report/html.js';

const EVIL = '"><script>alert(1)</script>\u202e\n\u0000\'';
const ESCAPED = '&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\\u{202e}\\u{a}\\u{0}&#39;';

it('values are text in elements and attributes, and nothing in them can move or turn other text', () => {
  const { markup } = html`<a title="${EVIL}">${EVIL}</a>${[1, html`<b>${'<'}</b>`, null, false]}`;
  expect(markup).toBe(`<a title="${ESCAPED}">${ESCAPED}</a>1<b>&lt;</b>`);
});
