import type { TableReport } from '../../quality/summary-json.js';
import type { DayFacts } from '../day-facts.js';
import { type Html, html } from '../html.js';
import { focusOf, type Report } from '../report.js';
import { type TableFacts, tableFacts } from '../table-facts.js';

const CELL = 16;
const LABEL = 220;
const TOP = 20;
const COLUMNS_SHOWN = 25;
/** Upper bounds of the shades; the last is for everything above. */
const SHADES = [0.0005, 0.05, 0.1, 0.2, 0.5] as const;

interface Row {
  label: string;
  /** `failed`: there is no table of that day. */
  cells: (number | 'failed' | undefined)[];
  threshold: number;
}

/** Null cells by table and day, then by column for those that reach their threshold. */
export function nullSection(report: Report): Html {
  const { days } = report;
  const tables = tableFacts(days, focusOf(report));
  if (tables.length === 0) return html``;
  const byTable = tables.map((facts) => tableRow(report, facts)).sort((a, b) => (a.label < b.label ? -1 : 1));
  const all = tables.flatMap((facts) => columnRows(report, facts));
  const columns = all.sort((a, b) => newest(b) - newest(a)).slice(0, COLUMNS_SHOWN);
  return html`<h2 id="nulls">Null cells</h2><p class="small soft">The darker, the more cells are null. A cross marks a table or column at or above its threshold (${percent(report.config.quality.nullRatio)} unless set otherwise); a dash, a day on which it has no rows.</p><div class="wide">${heat(byTable, days, 'Share of null cells by table and day')}</div>${legend()}${
    columns.length > 0 &&
    html`<h3>Columns that reached their threshold</h3><div class="wide">${heat(columns, days, 'Share of null cells by column and day')}</div>${all.length > columns.length && html`<p class="small soft">and ${all.length - columns.length} more, with fewer null cells</p>`}`
  }`;
}

function tableRow({ config: { quality } }: Report, { table, byDay }: TableFacts): Row {
  const own = Object.hasOwn(quality.tables, table) ? quality.tables[table]?.nullRatio : undefined;
  const cells = byDay.map((day) => (day?.status === 'failed' ? 'failed' : day?.nullRatio));
  return { label: table, cells, threshold: own ?? quality.nullRatio };
}

function columnRows({ config: { quality } }: Report, { table, byDay }: TableFacts): Row[] {
  const names = new Set(byDay.flatMap((day) => (day?.columns ?? []).map(({ name }) => name)));
  const own = Object.hasOwn(quality.tables, table) ? quality.tables[table] : undefined;
  return [...names].flatMap((name): Row[] => {
    const set = own && Object.hasOwn(own.columns, name) ? own.columns[name]?.nullRatio : undefined;
    const threshold = set ?? own?.nullRatio ?? quality.nullRatio;
    const cells = byDay.map((day) => nullsOf(day, name));
    const reached = cells.some((cell) => typeof cell === 'number' && cell > 0 && cell >= threshold);
    return reached ? [{ label: `${table}.${name}`, cells, threshold }] : [];
  });
}

function nullsOf(day: TableReport | undefined, column: string): number | 'failed' | undefined {
  if (day?.status === 'failed') return 'failed';
  const found = day?.columns.find(({ name }) => name === column);
  if (day === undefined || found === undefined || day.rows === 0) return undefined;
  return found.nulls / day.rows;
}

function newest({ cells }: Row): number {
  const last = cells.findLast((cell) => typeof cell === 'number');
  return typeof last === 'number' ? last : 0;
}

/** All cells of a shade are one path: a page of 23 tables and 30 days stays small. */
function heat(rows: readonly Row[], days: readonly DayFacts[], label: string): Html {
  const paths = Array.from({ length: SHADES.length + 1 }, () => '');
  let marks = '';
  let gaps = '';
  for (const [index, { cells, threshold }] of rows.entries()) {
    const y = TOP + index * CELL;
    for (const [day, cell] of cells.entries()) {
      const x = LABEL + day * CELL;
      if (typeof cell !== 'number') {
        gaps += cell === 'failed' ? `M${x + 4} ${y + 7}h7` : '';
        continue;
      }
      const shade = SHADES.findIndex((bound) => cell < bound);
      paths[shade < 0 ? SHADES.length : shade] += `M${x} ${y}h14v14h-14z`;
      if (cell > 0 && cell >= threshold) marks += `M${x + 4} ${y + 4}l6 6m0-6l-6 6`;
    }
  }
  const width = LABEL + days.length * CELL + 4;
  const height = TOP + rows.length * CELL + 2;
  const names = rows.map(
    ({ label: name }, index) =>
      html`<text x="${LABEL - 6}" y="${TOP + index * CELL + 11}" text-anchor="end">${shortened(name)}<title>${name}</title></text>`,
  );
  const dates = days.flatMap(({ date }, index) =>
    index % 5 === 0 || index === days.length - 1
      ? [html`<text x="${LABEL + index * CELL + 7}" y="13" text-anchor="middle">${date.slice(8)}</text>`]
      : [],
  );
  return html`<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">${dates}${names}${paths.map((path, shade) => path !== '' && html`<path class="h${shade}" d="${path}"/>`)}<path class="mark" d="${marks}"/><path class="gap" d="${gaps}"/></svg>`;
}

function legend(): Html {
  const words = ['none', '< 5%', '< 10%', '< 20%', '< 50%', '50% and more'];
  return html`<div class="legend">${words.map((word, shade) => html`<span><svg width="12" height="12" style="display:inline-block;vertical-align:-1px"><rect class="h${shade}" width="12" height="12"/></svg> ${word}</span>`)}</div>`;
}

function shortened(name: string): string {
  return name.length <= 32 ? name : `${name.slice(0, 15)}…${name.slice(-16)}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(4))}%`;
}
