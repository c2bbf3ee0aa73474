import type { Progress, TableProgress } from '../../../workflows/messages.js';
import { count, plural, size } from '../../output/format.js';
import { type Html, html } from './html.js';
import { dayPath } from './paths.js';
import type { Running, RunningNow } from './running-days.js';

const SHOWN = 15;

/** What runs now, for the fleet page; loaded again by the script. */
export function runningSection(running: RunningNow): Html {
  if (!running) return html`<p class="remark">Temporal does not answer: what is running is not shown.</p>`;
  if (running.length === 0) return html`<p class="remark">Nothing is running.</p>`;
  const newest = [...running].sort((a, b) =>
    a.date < b.date ? 1 : a.date > b.date ? -1 : a.partner < b.partner ? -1 : 1,
  );
  return html`<ul class="runs">${newest.slice(0, SHOWN).map(runningItem)}${newest.length > SHOWN && html`<li class="remark">and ${plural(newest.length - SHOWN, 'older day')}</li>`}</ul>`;
}

function runningItem({ partner, date, progress }: Running): Html {
  const link = html`<a href="${dayPath(partner, date)}">${partner} ${date}</a>`;
  if (!progress) return html`<li>${link} <span class="remark">no worker has answered in time</span></li>`;
  const merged = progress.tables.filter(({ state }) => state === 'merged').length;
  const bar =
    progress.tables.length > 0
      ? meter(merged, progress.tables.length, `${merged} of ${plural(progress.tables.length, 'table')}`)
      : progress.archives.landed > 0
        ? archivesMeter(progress)
        : false;
  return html`<li>${link} <strong>${progress.stage}</strong> ${bar} <span class="remark">${progress.message}</span></li>`;
}

/** One running day in full. */
export function progressView(progress: Progress, link: string | undefined): Html {
  return html`<p><strong>${progress.stage}</strong>: ${progress.message}</p>
${progress.archives.landed > 0 && html`<p>${archivesMeter(progress)} ${size(progress.archives.bytes)}${progress.archives.failed > 0 && html`, <strong class="bad-text">${count(progress.archives.failed)} failed</strong>`}</p>`}
${
  progress.sources.length > 0 &&
  html`<ul class="plain">${progress.sources.map(
    (source) =>
      html`<li>${source.complete ? '✓' : '…'} source <strong>${source.source}</strong>: ${source.because}, ${count(source.landed)}${source.announced !== undefined && ` of ${count(source.announced)} announced`} landed${!source.complete && source.deadline !== undefined && html`, due <time>${source.deadline.slice(0, 16)}Z</time>`}</li>`,
  )}</ul>`
}
${progress.tables.length > 0 && tablesView(progress.tables)}
${progress.nextRoundAt !== undefined && html`<p>Next round for the failed tables: <time>${progress.nextRoundAt}</time></p>`}
${link !== undefined && html`<p><a href="${link}" rel="noreferrer">Temporal Web UI</a></p>`}`;
}

const MARKS: Record<TableProgress['state'], string> = {
  waiting: '… waiting',
  merging: '▶ merging',
  merged: '✓ merged',
  failed: '✗ failed',
  refused: '✗ refused',
};

function tablesView(tables: readonly TableProgress[]): Html {
  return html`<div class="scroll" role="region" aria-label="Tables in progress" tabindex="0"><table>
<thead><tr><th scope="col">table</th><th scope="col">state</th><th scope="col" class="number">files</th><th scope="col" class="number">rows</th><th scope="col" class="number">bytes</th><th scope="col" class="number">round</th><th scope="col">error</th></tr></thead>
<tbody>${tables.map(
    ({ table, state, files, rows, bytes, round, error }) =>
      html`<tr><th scope="row">${table}</th><td class="state${(state === 'failed' || state === 'refused') && ' bad-text'}">${MARKS[state]}</td><td class="number">${count(files)}</td><td class="number">${count(rows)}</td><td class="number">${size(bytes)}</td><td class="number">${round > 0 && round}</td><td>${error}</td></tr>`,
  )}</tbody></table></div>`;
}

function archivesMeter({ archives }: Progress): Html {
  const { committed, landed } = archives;
  return meter(committed, landed, `${count(committed)} of ${plural(landed, 'archive')}`);
}

function meter(value: number, most: number, words: string): Html {
  return html`<progress max="${most}" value="${value}" aria-label="${words}"></progress> ${words}`;
}
