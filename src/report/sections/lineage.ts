import { crc32Hex } from '../../store/crc32-hex.js';
import { type Share, stackedBar } from '../charts.js';
import { type Html, html } from '../html.js';
import type { LineageArchive } from '../lineage.js';
import { counted, plural, sized } from '../numbers.js';
import { focusOf, type Report, reportedDays } from '../report.js';

const STATE: Record<string, string> = {
  merged: 'good',
  loaded: 'good',
  salvaged: 'warned',
  late: 'warned',
  duplicate: 'none',
  superseded: 'none',
  skipped: 'none',
  quarantined: 'bad',
  missing: 'bad',
};

/** From what arrived to what readers get: nothing disappears on the way. */
export function lineageSection(report: Report): Html {
  const days = reportedDays(report).flatMap(({ summary }) => (summary === undefined ? [] : [summary]));
  if (days.length === 0) return html``;
  const archives: Record<string, number> = {};
  const members: Record<string, number> = {};
  const rows: Record<string, number> = {};
  for (const summary of days) {
    add(archives, summary.archives);
    const { seen: _seen, ...ofMembers } = summary.members;
    const { read: _read, ...ofRows } = summary.rows;
    add(members, ofMembers);
    add(rows, ofRows);
  }
  return html`<h2 id="lineage">Lineage</h2>${stack('archives', archives)}${stack('members', members)}${stack('rows', rows)}${report.lineage && archivesTable(report.lineage.archives, report.lineage.more)}${report.period.kind === 'day' ? objectsTable(report) : volume(report)}`;
}

function add(sums: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(more)) sums[name] = (sums[name] ?? 0) + value;
}

function stack(what: string, parts: Readonly<Record<string, number>>): Html {
  const there = Object.entries(parts).filter(([, value]) => value > 0);
  const whole = there.reduce((sum, [, value]) => sum + value, 0);
  if (whole === 0) return html`<div class="stack"><p>no ${what}</p></div>`;
  const words = there.map(([name, value]) => `${counted(value)} ${name}`);
  const shares: Share[] = there.map(([name, value], index) => ({
    label: words[index]!,
    value,
    state: STATE[name] ?? 'none',
  }));
  return html`<div class="stack"><p><b>${counted(whole)} ${what}</b> <span class="soft">${words.join(', ')}</span></p>${stackedBar(shares, `${what}: ${words.join(', ')}`)}</div>`;
}

/** Those in trouble are there to be seen; the rest, to be looked up. */
function archivesTable(archives: readonly LineageArchive[], more: number): Html {
  const isCalm = ({ fate, bad }: LineageArchive) => fate === 'merged' && bad.length === 0;
  const troubled = archives.filter((archive) => !isCalm(archive));
  const calm = archives.filter(isCalm);
  const rest = more > 0 ? html`<p class="small soft">and ${plural(more, 'other')}</p>` : undefined;
  return html`${troubled.length > 0 && html`<h3>Archives in trouble</h3>${tableOf(troubled)}`}${calm.length > 0 && html`<details><summary class="soft">${plural(calm.length + more, 'archive')} without trouble</summary>${tableOf(calm)}${rest}</details>`}`;
}

function tableOf(archives: readonly LineageArchive[]): Html {
  const rows = archives.map(
    ({ key, fate, bytes, members = {}, sha256, bad }) =>
      html`<tr><td><code>${key}</code>${bad.length > 0 && html`<div class="small bad">✗ set aside: ${bad.join(', ')}</div>`}</td><td class="${STATE[fate] ?? 'none'}">${fate}</td><td class="n" data-l="members">${membersOf(members)}</td><td class="n" data-l="bytes">${bytes === undefined ? '' : sized(bytes)}</td><td data-l="SHA-256"><code>${sha256?.slice(0, 12)}</code></td></tr>`,
  );
  return html`<table class="cards"><thead><tr><th>archive</th><th>became</th><th class="n">members</th><th class="n">bytes</th><th>SHA-256</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function membersOf(members: Readonly<Record<string, number>>): string {
  return Object.entries(members)
    .map(([name, value]) => `${counted(value)} ${name}`)
    .join(', ');
}

function objectsTable(report: Report): Html {
  const tables = focusOf(report)?.publication?.tables ?? [];
  const rows = tables
    .filter(({ key }) => key !== undefined)
    .map(
      ({ key, rows: count, bytes, crc32 }) =>
        html`<tr><td><code>${key!}</code></td><td class="n" data-l="rows">${counted(count ?? 0)}</td><td class="n" data-l="bytes">${sized(bytes ?? 0)}</td><td data-l="CRC32"><code>${crc32Hex(crc32 ?? 0)}</code></td></tr>`,
    );
  if (rows.length === 0) return html``;
  return html`<details><summary class="soft">What readers get: ${plural(rows.length, 'object')}</summary><table class="cards"><thead><tr><th>object</th><th class="n">rows</th><th class="n">bytes</th><th>CRC32</th></tr></thead><tbody>${rows}</tbody></table></details>`;
}

function volume(report: Report): Html {
  const days = reportedDays(report);
  const most = Math.max(1, ...days.map(({ summary }) => summary?.rows.read ?? 0));
  const width = 720 / days.length;
  const bars = days.map(({ date, summary }, index) => {
    const read = summary?.rows.read ?? 0;
    const height = Math.round((90 * read) / most);
    // On a phone the numbers of a month would run into one another.
    const label =
      (days.length <= 10 || index % 5 === 0) &&
      html`<text x="${(index * width + width / 2 - 1).toFixed(1)}" y="110" text-anchor="middle">${date.slice(8)}</text>`;
    return html`<rect class="good" fill="currentColor" x="${(index * width).toFixed(1)}" y="${96 - height}" width="${(width - 3).toFixed(1)}" height="${height}"><title>${date}: ${counted(read)} rows</title></rect>${label}`;
  });
  return html`<h3>Rows read by day (at most ${counted(most)})</h3><svg class="chart" viewBox="0 0 720 114" role="img" aria-label="Rows read by day">${bars}</svg>`;
}
