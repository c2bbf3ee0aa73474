/**
 * What a partner-day costs, from what it brings. Pure arithmetic over the figures below: those of `MEASURED` come from
 * the benches and are held against them by tests; those of `ASSUMED` are yours to correct.
 */
const MB = 1e6;
const GB = 1e9;
const TB = 1e12;
const MiB = 2 ** 20;

export const MEASURED = {
  /** Reading, checking and merging on files: seconds of CPU per GB of CSV (bench/results, size large). */
  cpuSecondsPerGB: 8,
  /** Bytes of CSV per byte of archive, in the same bench. */
  compression: 4.25,
  /** Resident memory of the process meanwhile, two archives at a time, MiB. */
  memoryMiB: 239,
};

export const ASSUMED = {
  /** Share of the paid cores that work; the autoscaler aims at 70 %. */
  utilisation: 0.7,
  /** Hours from the last archive to publication. */
  hours: 6,
  /** Hours archives keep arriving, watched by listing. */
  arrivalHours: 8,
  /** Bytes of the largest table, as a share of all. */
  largestTable: 0.2,
  /** USD, list prices of a large cloud, half of the cores on spot machines. Correct them to yours. */
  corePerHour: 0.03,
  perMillionWrites: 5,
  perMillionReads: 0.4,
  storagePerGBMonth: 0.023,
};

/** How the product uses an S3 store; see src/ingest and src/store. */
export const STORE = {
  uploadPart: 8 * MiB,
  smallestCopy: 5 * MiB,
  listPage: 1_000,
  listEverySeconds: 5,
  largestObject: 5 * 2 ** 40,
  sliceArchives: 2_000,
  sliceBytes: 200 * 2 ** 30,
  groupArchives: 32,
  groupBytes: 512 * MiB,
  openSlices: 2,
};

/**
 * @param {{archives: number, archiveBytes: number, tables: number, compression?: number}} day of one partner
 */
export function capacity(
  { archives, archiveBytes, tables, compression = MEASURED.compression },
  assumed = ASSUMED,
) {
  const landed = archives * archiveBytes;
  const csv = landed * compression;
  const cpuSeconds = (csv / GB) * MEASURED.cpuSecondsPerGB;
  const cores = cpuSeconds / (assumed.hours * 3_600) / assumed.utilisation;
  const requests = requestsOf({ archives, segmentBytes: csv / archives, tables });
  const watching = listings(archives, assumed.arrivalHours * 3_600);
  const slices = Math.max(archives / STORE.sliceArchives, landed / STORE.sliceBytes);
  const perGroup = Math.max(1, Math.min(STORE.groupArchives, Math.floor(STORE.groupBytes / archiveBytes)));
  const coreHours = cpuSeconds / 3_600 / assumed.utilisation;
  const dollars = {
    cores: coreHours * assumed.corePerHour,
    requests:
      ((requests.writes + watching) / 1e6) * assumed.perMillionWrites +
      (requests.reads / 1e6) * assumed.perMillionReads,
    /** Rows as they were read and the tables, of one day, for one day. */
    storagePerDayKept: ((2 * csv) / GB) * (assumed.storagePerGBMonth / 30),
  };
  return {
    landed,
    csv,
    largestTable: csv * assumed.largestTable,
    cpuSeconds,
    coreHours,
    cores: Math.ceil(cores),
    memoryGiB: (Math.ceil(cores) / 2) * (MEASURED.memoryMiB / 1_024),
    bitsPerSecond: ((landed + csv) * 8) / (assumed.hours * 3_600),
    slices: Math.ceil(slices),
    activities: Math.ceil(archives / perGroup) + tables,
    ...requests,
    watching,
    dollars,
  };
}

/** Calls to the store that read, and those that write or list, of one day whose columns do not drift. */
export function requestsOf({ archives, segmentBytes, tables }) {
  const range = segmentBytes / tables;
  const copied = range >= STORE.smallestCopy;
  const uploads = segmentBytes > STORE.uploadPart ? Math.ceil(segmentBytes / STORE.uploadPart) + 2 : 1;
  const merged = copied ? archives * tables : (archives * segmentBytes) / STORE.uploadPart;
  return {
    /** The manifest is looked for and the archive read; later the manifest, for the plan and the pages; small ranges to be merged. */
    reads: archives * 4 + (copied ? 0 : archives * tables) + tables * 8 + 66,
    /** Segments and the manifest; then the tables' parts. */
    writes: archives * (uploads + 1) + merged + tables * 5 + 12,
  };
}

/** One listing every few seconds, of all that has landed by then. */
function listings(archives, seconds) {
  return (seconds / STORE.listEverySeconds) * Math.max(1, archives / 2 / STORE.listPage);
}

/** Where something gives way first, for a partner-day, in bytes that land. */
export function limitsOf({ archiveBytes, compression = MEASURED.compression }, assumed = ASSUMED) {
  return {
    largestObject: STORE.largestObject / assumed.largestTable / compression,
    /** Groups of two open slices, one core each. */
    coresAtOnce: Math.floor(
      (STORE.openSlices * Math.min(STORE.sliceArchives * archiveBytes, STORE.sliceBytes)) /
        Math.max(archiveBytes, Math.min(STORE.groupBytes, STORE.groupArchives * archiveBytes)),
    ),
  };
}

export const EXAMPLES = [
  { name: '100 GB', partners: 1, archives: 4_000, archiveBytes: 25 * MB, tables: 23 },
  { name: '10 TB', partners: 1, archives: 40_000, archiveBytes: 250 * MB, tables: 23 },
  {
    name: '1 PB, 100 partners of 10 TB',
    partners: 100,
    archives: 40_000,
    archiveBytes: 250 * MB,
    tables: 23,
  },
];

/** The table of docs/scaling.md. */
export function exampleTable() {
  const columns = EXAMPLES.map(({ partners, ...day }) => {
    const one = capacity(day);
    const n = (value, digits = 0) =>
      (value * partners).toLocaleString('en-US', { maximumFractionDigits: digits });
    return {
      CSV: `${n(one.csv / TB, 1)} TB`,
      'core-hours': n(one.coreHours),
      'cores, to be done in 6 h': n(one.cores),
      'memory, two cores a process': `${n(one.memoryGiB, 1)} GiB`,
      'network between workers and store': `${n(one.bitsPerSecond / 1e9, 1)} Gbit/s`,
      activities: n(one.activities),
      'requests that write or list': `${n((one.writes + one.watching) / 1e6, 2)} million`,
      'requests that read': `${n(one.reads / 1e6, 2)} million`,
      'cores, USD a day': n(one.dollars.cores, 2),
      'requests, USD a day': n(one.dollars.requests, 2),
      'storage, USD for every day it is kept': n(one.dollars.storagePerDayKept, 2),
    };
  });
  const rows = Object.keys(columns[0]).map((row) => `| ${row} | ${columns.map((c) => c[row]).join(' | ')} |`);
  return [
    `| a day of | ${EXAMPLES.map(({ name }) => name).join(' | ')} |`,
    `| --- | ${EXAMPLES.map(() => '---:').join(' | ')} |`,
    ...rows,
  ].join('\n');
}
