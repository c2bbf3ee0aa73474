import { plural } from '../../output/format.js';
import type { StoredDay } from './fleet-reader.js';
import { type Html, html } from './html.js';
import { dayPath } from './paths.js';
import type { Running } from './running-days.js';

/** One day in the picture of all: a word or number, a shape and a colour that say the same. */
export interface DayCell {
  partner: string;
  date: string;
  look: 'good' | 'warn' | 'bad' | 'held' | 'running' | 'none';
  /** What stands in the cell. */
  mark: string;
  /** The whole of it in words. */
  words: string;
}

/** Below this a day is not called good, though nothing failed. */
const GOOD_SCORE = 90;

export function dayCell(
  partner: string,
  date: string,
  stored: StoredDay,
  running: Running | undefined,
): DayCell {
  const at = { partner, date };
  const stage = running?.progress?.stage;
  if (stage === 'held') return { ...at, look: 'held', mark: '‖', words: 'held: waits for a decision' };
  if (running)
    return {
      ...at,
      look: 'running',
      mark: '▶',
      words: `running: ${stage ?? 'no worker has answered in time'}`,
    };
  if (stored.state === 'none') return { ...at, look: 'none', mark: '·', words: 'nothing' };
  if (stored.state === 'unpublished')
    return { ...at, look: 'bad', mark: '!', words: 'nothing was published' };
  const { score, version, tables } = stored.publication;
  const failed = tables.filter(({ status }) => status !== 'merged').length;
  const about = `v${version}, score ${score}`;
  if (stored.state === 'held') return { ...at, look: 'held', mark: '‖', words: `held: ${about}` };
  if (failed > 0) {
    const words = `${about}, ${failed} of ${plural(tables.length, 'table')} failed`;
    return { ...at, look: 'bad', mark: `${score}✗`, words };
  }
  const look = score >= GOOD_SCORE ? 'good' : 'warn';
  return { ...at, look, mark: String(score), words: `${about}, ${plural(tables.length, 'table')}` };
}

export function cellLink({ partner, date, look, mark, words }: DayCell): Html {
  if (look === 'none') return html`<td class="cell none"><span title="${date}: nothing">·</span></td>`;
  const label = `${partner} ${date}: ${words}`;
  return html`<td class="cell ${look}"><a href="${dayPath(partner, date)}" aria-label="${label}" title="${label}">${mark}</a></td>`;
}
