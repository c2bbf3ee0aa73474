import { type Html, html } from '../html.js';

/** Rules across tables. */
export function rulesSection(): Html {
  return html`<h2 id="rules">Rules across tables</h2><p>None is configured.</p>`;
}
