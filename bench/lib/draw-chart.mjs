const WIDTH = 800;
const LABEL = 310;
const BAR = 20;
const GAP = 8;
const TOP = 56;
const FIGURE = 120;

/** Wall time of every contestant with a right result, fastest first, as bars; colour is never the only sign. */
export function drawChart({ contestants, data, size, measured, cores }) {
  const bars = contestants
    .filter(({ runs, form }) => runs > 0 && form !== 'limit')
    .sort((a, b) => a.wall - b.wall);
  const limit = contestants.find(({ id, runs }) => id === 'igzip' && runs > 0);
  const longest = Math.max(...bars.map(({ wall }) => wall), 0.001);
  const scale = (WIDTH - LABEL - FIGURE) / longest;
  const height = TOP + bars.length * (BAR + GAP) + 28;
  const gigabytes = Object.values(data.tables).reduce((total, { bytes }) => total + bytes, 0) / 1e9;
  const title = `${data.archives.length} archives to ${Object.keys(data.tables).length} merged tables, ${gigabytes.toFixed(2)} GB of CSV, ${cores} cores`;
  const lines = bars.map((one, index) => {
    const y = TOP + index * (BAR + GAP);
    const width = Math.max(1, one.wall * scale);
    const ratio = one.ratio === undefined || one.form === 'partnerday' ? '' : ` · ${one.ratio.toFixed(1)}x`;
    const form = one.form === 'partnerday' ? '' : ` (${one.form})`;
    const kind = one.form === 'partnerday' ? 'own' : one.form === 'tuned' ? 'tuned' : 'written';
    return [
      `<text class="label" x="${LABEL - 10}" y="${y + 14}" text-anchor="end">${escapeXml(one.name + form)}</text>`,
      `<rect class="${kind}" x="${LABEL}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2"/>`,
      `<text class="figure" x="${(LABEL + width + 8).toFixed(1)}" y="${y + 14}">${one.wall.toFixed(1)} s${ratio}</text>`,
    ].join('');
  });
  const bottom = TOP + bars.length * (BAR + GAP) - GAP;
  const mark = limit
    ? `<line class="limit" x1="${at(limit)}" y1="${TOP - 8}" x2="${at(limit)}" y2="${bottom}"/><text class="note" x="${at(limit)}" y="${bottom + 18}">igzip alone, ${limit.wall.toFixed(1)} s</text>`
    : '';
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeXml(title)}">`,
    STYLE,
    `<text class="title" x="12" y="22">${escapeXml(title)}</text>`,
    `<text class="note" x="12" y="40">wall seconds, median, less is better; x = times the engine's; size ${size}, ${measured.slice(0, 10)}</text>`,
    ...lines,
    mark,
    '</svg>',
  ].join('\n')}\n`;

  function at({ wall }) {
    return (LABEL + wall * scale).toFixed(1);
  }
}

const STYLE = `<style>
text { font: 12px system-ui, sans-serif; fill: #1f2328; }
.title { font-size: 14px; font-weight: 600; }
.note { font-size: 11px; fill: #59636e; }
.own { fill: #1a7f37; } .tuned { fill: #6e7781; } .written { fill: #b6bdc5; }
.limit { stroke: #cf222e; stroke-dasharray: 3 3; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; } .note { fill: #9198a1; }
  .own { fill: #3fb950; } .tuned { fill: #8b949e; } .written { fill: #484f58; } .limit { stroke: #ff7b72; }
}
</style>`;

function escapeXml(text) {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
