import type { Answer } from '../exchange.js';
import { html } from './html.js';
import { pageAnswer } from './page.js';

export function loginPage(next: string, refused: boolean): Answer {
  return pageAnswer(
    {
      title: 'Sign in',
      main: html`<h1>Sign in</h1>
<form method="post" action="/login">
<input type="hidden" name="next" value="${next}">
<p><label for="token">Viewer token</label><br>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus${refused && html` aria-describedby="refused" aria-invalid="true"`}></p>
${refused && html`<p id="refused" class="verdict bad">✗ This token is not known.</p>`}
<p><button type="submit">Sign in</button></p>
</form>
<p class="remark">It is the value of <code>PARTNERDAY_VIEW_TOKEN</code> where Partnerday is served.</p>`,
    },
    refused ? 401 : 200,
  );
}
