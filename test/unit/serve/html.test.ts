import { expect, it } from 'vitest';
import { html } from '../../../src/cli/serve/pages/html.js';

it('values are text in elements and attributes, and nothing in them can move or turn other text', () => {
  const evil = '"><script>alert(1)</script>\u202e\n\u0000\'';
  const { text } = html`<a title="${evil}">${evil}</a>${[1, html`<b>${'<'}</b>`, null, false]}`;
  expect(text).toBe(`<a title="${ESCAPED}">${ESCAPED}</a>1<b>&lt;</b>`);
});

const ESCAPED = '&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\\u{202e}\\u{a}\\u{0}&#39;';
