/**
 * All the script there is; the pages do without. It loads again what runs, keeps quiet while nobody looks, and lets
 * the arrow keys move in the grid of days.
 */
export const SCRIPT = `'use strict';
const EVERY_MS = 3000;

async function refresh(place) {
  const answer = await fetch(place.dataset.live, { headers: { accept: 'text/html' }, redirect: 'error' });
  if (!answer.ok) return;
  const text = await answer.text();
  if (text === place.dataset.seen) return;
  place.dataset.seen = text;
  const loaded = new DOMParser().parseFromString(text, 'text/html').body;
  if ('untilEnded' in place.dataset && !loaded.querySelector('[data-running]')) location.reload();
  else place.replaceChildren(...loaded.childNodes);
}

for (const place of document.querySelectorAll('[data-live]')) {
  setInterval(() => {
    if (document.visibilityState === 'visible') refresh(place).catch(() => undefined);
  }, EVERY_MS);
}

for (const region of document.querySelectorAll('.scroll')) region.scrollLeft = region.scrollWidth;

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
document.addEventListener('keydown', (event) => {
  const step = STEPS[event.key];
  const from = event.target.closest('table.grid td, table.grid th');
  if (!step || !from || event.ctrlKey || event.altKey || event.metaKey) return;
  const rows = [...from.closest('table').tBodies[0].rows];
  let row = rows.indexOf(from.parentElement);
  let column = from.cellIndex;
  for (;;) {
    row += step[0];
    column += step[1];
    const cell = rows[row]?.cells[column];
    if (!cell) return;
    const link = cell.querySelector('a');
    if (!link) continue;
    event.preventDefault();
    link.focus();
    return;
  }
});
`;
