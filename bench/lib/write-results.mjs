import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { drawChart } from './draw-chart.mjs';
import { RESULTS, ROOT } from './paths.mjs';

/** Writes the report as .json, .md and .svg; returns the paths, relative to the repository. */
export function writeResults(report, label) {
  mkdirSync(RESULTS, { recursive: true });
  const name = `${report.measured.slice(0, 10)}-${label ?? report.size}`;
  const files = {
    json: `${JSON.stringify(report, null, 2)}\n`,
    md: renderReport(report, `${name}.svg`),
    svg: drawChart(report),
  };
  return Object.entries(files).map(([extension, text]) => {
    const path = join(RESULTS, `${name}.${extension}`);
    writeFileSync(path, text);
    return relative(ROOT, path);
  });
}

export function renderReport(report, chart) {
  const measured = report.contestants.filter(({ runs }) => runs > 0);
  const merged = measured.filter(({ form }) => form !== 'limit').sort((a, b) => a.wall - b.wall);
  const limits = measured.filter(({ form }) => form === 'limit').sort((a, b) => a.wall - b.wall);
  const wrong = report.contestants.filter(({ runs }) => runs === 0);
  const csv = csvBytes(report);
  const row = (one) =>
    `| ${[
      one.name,
      one.version,
      one.form,
      seconds(one.wall),
      `${seconds(one.fastest)}–${seconds(one.slowest)}`,
      ratio(one.ratio),
      one.durable === undefined ? '–' : seconds(one.durable),
      ratio(one.durableRatio),
      seconds(one.cpu),
      (one.cpu / (csv / 1e9)).toFixed(2),
      mebibytes(one.rss),
      (csv / 1e6 / one.wall).toFixed(0),
      one.disturbed > 0 ? `${one.runs} (${one.disturbed} disturbed)` : one.runs,
    ].join(' | ')} |`;
  const head = [
    '| contestant | version | form | wall s | range | x engine | on disk s | x engine | CPU s | CPU s/GB | peak MiB | MB/s | runs |',
    '| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
  ];
  const phases = merged.find((one) => one.phases)?.phases;
  return `${[
    `# Archives to merged tables, ${report.size}, ${report.measured.slice(0, 10)}`,
    '',
    describeData(report),
    `Every contestant wrote one CSV per table with the union of its members' columns, and counted rows and null values per column. Its tables were read back and compared with what the generator had put into the archives: columns, rows, null values, and a fingerprint of all values.`,
    '',
    `![wall time](${chart})`,
    '',
    ...head,
    ...merged.map(row),
    '',
    'Wall and CPU: medians over the runs; CPU counts the whole process tree. Peak: resident memory of the whole tree. "x engine": median of the ratios within a round, Partnerday\'s engine = 1.',
    '"on disk": wall time with a `sync` behind it. Partnerday writes large objects to the disk itself; the others leave theirs in the page cache, and the disk gets them after the clock has stopped.',
    'MB/s: bytes of CSV per second of wall time. A disturbed run is one during which others used more than a tenth of the cores.',
    ...(phases
      ? [
          `Partnerday on Temporal spent ${Object.entries(phases)
            .map(([name, value]) => `${seconds(value)} s in \`${name}\``)
            .join(', ')}.`,
        ]
      : []),
    '',
    '## The limit: inflating alone',
    '',
    ...head,
    ...limits.map(row),
    '',
    '## What each does not check',
    '',
    '| contestant | does not check or keep |',
    '| --- | --- |',
    ...[
      ...new Map(
        merged.map(({ name, form, unchecked }) => [
          form === 'partnerday' ? name : `${name}, ${form}`,
          unchecked,
        ]),
      ),
    ].map(([name, unchecked]) => `| ${name} | ${unchecked} |`),
    '',
    ...(wrong.length > 0
      ? [
          '## Without a figure: another result',
          '',
          ...wrong.map((one) => `- ${one.name} (${one.form}): ${one.problems.join('; ')}`),
          '',
        ]
      : []),
    ...(report.absent.length > 0
      ? [
          '## Not installed',
          '',
          ...report.absent.map((one) => `- ${one.name} (${one.form}): ${one.reason}`),
          '',
        ]
      : []),
    '## Machine',
    '',
    describeMachine(report),
  ].join('\n')}\n`;
}

function describeData({ data }) {
  const gz = data.archives.reduce((total, { bytes }) => total + bytes, 0);
  const tables = Object.entries(data.tables).map(
    ([name, { bytes, rows, members }]) => `${name} ${megabytes(bytes)} (${members} members, ${rows} rows)`,
  );
  return `${data.archives.length} archives, ${megabytes(gz)} gz: ${tables.join(', ')}. Columns are added, removed and reordered between members.`;
}

function ratio(value) {
  return value === undefined ? '–' : `${value.toFixed(2)}x`;
}

function describeMachine({ machine, cores }) {
  const { cpu, cpusOnline, memoryGiB, system, kernel, node, fileSystem } = machine;
  return `${cpu}, ${cores} of ${cpusOnline} CPUs, ${memoryGiB} GiB, ${system}, kernel ${kernel}, Node.js ${node}, ${fileSystem}; archives in the page cache.`;
}

export const csvBytes = ({ data }) =>
  Object.values(data.tables).reduce((total, { bytes }) => total + bytes, 0);
const seconds = (value) => value.toFixed(value < 10 ? 2 : 1);
const mebibytes = (bytes) => (bytes / 2 ** 20).toFixed(0);
const megabytes = (bytes) =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${(bytes / 1e6).toFixed(0)} MB`;
