import type { Progress, TableProgress } from './messages.js';

const MARK: Record<TableProgress['state'], string> = {
  waiting: '…\u00a0waiting',
  merging: '▶\u00a0merging',
  merged: '✓\u00a0merged',
  failed: '✗\u00a0failed',
  refused: '✗\u00a0refused',
};

/** The partner-day as Markdown for the Temporal Web UI: what it waits for, how far each table is, what failed and why. */
export function currentDetails(day: Progress): string {
  const { archives } = day;
  const lines = [
    `**${day.stage}**: ${escapeCell(day.message)}`,
    '',
    `Archives: ${archives.landed} landed, ${archives.committed} committed, ${archives.failed} failed.` +
      (day.version === undefined ? '' : ` Published: version ${day.version}, score ${day.score}.`),
  ];
  if (day.nextRoundAt) lines.push('', `Next round for the failed tables: ${day.nextRoundAt}`);
  if (day.sources.length > 0) {
    lines.push(
      '',
      '#### Sources',
      '',
      '| source | state | landed | announced | deadline |',
      '| --- | --- | ---: | ---: | --- |',
    );
    for (const source of day.sources) {
      const state = `${source.complete ? '✓\u00a0complete' : '…\u00a0open'}: ${escapeCell(source.because)}`;
      lines.push(
        `| ${source.source} | ${state} | ${source.landed} | ${source.announced ?? ''} | ${source.deadline ?? ''} |`,
      );
    }
  }
  if (day.tables.length > 0) {
    lines.push(
      '',
      '#### Tables',
      '',
      '| table | state | files | rows | round | tries | error |',
      '| --- | --- | ---: | ---: | ---: | ---: | --- |',
    );
    for (const table of [...day.tables].sort(failedFirst)) {
      lines.push(
        `| ${table.table} | ${MARK[table.state]} | ${table.files} | ${table.rows} | ${table.round || ''} | ${table.tries || ''} | ${escapeCell(table.error ?? '')} |`,
      );
    }
  }
  return lines.join('\n');
}

function failedFirst(a: TableProgress, b: TableProgress): number {
  const rank = (table: TableProgress) => (table.state === 'failed' || table.state === 'refused' ? 0 : 1);
  return rank(a) - rank(b) || (a.table < b.table ? -1 : 1);
}

/** Partner text inside a Markdown table cell. */
function escapeCell(text: string): string {
  return text.replace(/[|\\`*_<>[\]]/g, (character) => `\\${character}`).replace(/\s+/g, ' ');
}
