import { partnerConfigSchema } from '../../src/config/partner-config.js';
import { seededRandom } from '../../src/demo/random.js';
import type { Finding } from '../../src/quality/finding.js';
import type { DaySummary, TableReport } from '../../src/quality/summary-json.js';
import type { DayFacts } from '../../src/report/day-facts.js';
import { type PeriodKind, periodOf } from '../../src/report/period.js';
import type { Report } from '../../src/report/report.js';

const TABLES = [
  'availability',
  'board_types',
  'bookings',
  'cancellation_rules',
  'channels',
  'cities',
  'contracts',
  'currencies',
  'fees',
  'guests',
  'hotels',
  'images',
  'markets',
  'meal_plans',
  'occupancy',
  'promotions',
  'rate_plans',
  'restrictions',
  'reviews',
  'room_rates',
  'rooms',
  'stays',
  'taxes',
];
const COLUMNS = ['id', 'hotel_id', 'room_id', 'valid_from', 'valid_to', 'price', 'currency', 'note'];

export interface GeneratedReportOptions {
  kind: PeriodKind;
  /** Any date of the period. */
  date: string;
  /** Changes every name a partner chooses. */
  rename?: (name: string) => string;
}

/** A report of 23 tables with a bad week in it; the same options give the same report. */
export function generatedReport({ kind, date, rename = (name) => name }: GeneratedReportOptions): Report {
  const period = periodOf(kind, date);
  const random = seededRandom(7);
  const days = period.dates.map((day, index) => generatedDay(day, index, random, rename));
  const config = partnerConfigSchema.parse({
    id: 'acme',
    name: rename('Acme Hotels'),
    sources: [{ deadline: '6h', afterDeadline: 'proceed' }],
    consumers: [rename('pricing model')],
  });
  return {
    partner: 'acme',
    name: config.name!,
    period,
    days,
    scoresBefore: [94, 96, 91, 97],
    config,
    configHash: '0f3a9c2b7d1e4a58',
    workflowUrl: 'https://temporal.example/namespaces/default/workflows/partner-day%2Facme',
    codeVersion: '0.1.0',
    generatedAt: '2026-12-01T12:00:00.000Z',
    ...(kind === 'day' ? { lineage: lineage(date, rename) } : {}),
  };
}

function generatedDay(
  date: string,
  index: number,
  random: () => number,
  rename: (name: string) => string,
): DayFacts {
  const isBad = index % 11 === 7 || date.endsWith('-21');
  const isDrifted = index % 6 === 4 || isBad;
  if (index === 12) return { date, sources: [], deliveries: [], failedRuns: 0, incidents: [] };
  const findings: Finding[] = [];
  const tables = TABLES.map((name, position): TableReport => {
    const table = name;
    const failed = isBad && (position === 19 || (date.endsWith('-21') && position === 2));
    const rows = Math.round(40_000 * (position + 1) * (0.9 + 0.2 * random()));
    const columns = COLUMNS.map((column, at) => ({
      name: rename(column),
      type: at < 3 ? 'integer' : 'text',
      nulls: Math.round(rows * (at === 7 ? 0.3 : at === 5 && isBad ? 0.24 : 0.02) * random()),
    }));
    const nulls = columns.reduce((sum, column) => sum + column.nulls, 0);
    const drifted = isDrifted && position % 5 === 0;
    const error = failed ? `cannot write ${date}/v1/${table}.csv: no space left on device` : null;
    if (failed) findings.push({ code: 'merge-failed', severity: 'error', table, detail: error!, count: 5 });
    if (drifted)
      findings.push({
        code: 'column-removed',
        severity: 'warning',
        table,
        column: rename('price'),
        detail: 'is missing in 3 members (1,204 rows)',
        archive: `landing/acme/${date}/${rename('acme_00017')}.tar.gz`,
        member: rename(`${table}_00017.csv`),
      });
    return {
      table,
      status: failed ? 'failed' : 'merged',
      files: 120,
      rows: failed ? 0 : rows,
      headerConsistent: !drifted,
      nullRatio: failed ? 0 : Number((nulls / (rows * columns.length)).toFixed(6)),
      missingFields: drifted ? [rename('price'), rename('currency')] : [],
      error,
      key: failed ? null : `acme/${date}/v1/${table}.csv`,
      bytes: failed ? null : rows * 82,
      version: failed ? null : 1,
      columns,
      members: { merged: 118, quarantined: isBad ? 2 : 0, duplicate: 0 },
      rowsQuarantined: isBad ? 31 : 0,
      changes: drifted
        ? [
            {
              kind: 'removed',
              column: rename('price'),
              archive: `landing/acme/${date}/${rename('acme_00017')}.tar.gz`,
              member: rename(`${table}_00017.csv`),
              members: 3,
              rows: 1_204,
            },
          ]
        : [],
    };
  });
  const failed = tables.filter(({ status }) => status === 'failed').length;
  const missing = isBad ? 8 : 0;
  if (missing > 0)
    findings.push({
      code: 'archive-missing',
      severity: 'error',
      detail: `${missing} of 128 expected archives (6.3%) are missing, the threshold is 5%`,
      count: missing,
    });
  const penalties = [
    ...(failed > 0
      ? [
          {
            name: 'failed-tables',
            points: 3 * failed,
            because: `${failed} of 23 tables have no rows for this date`,
          },
        ]
      : []),
    ...(missing > 0
      ? [{ name: 'missing-archives', points: 12, because: '8 of 128 expected archives are missing' }]
      : []),
    ...(isDrifted
      ? [{ name: 'header-drift', points: 5, because: '5 tables have members with different headers' }]
      : []),
  ];
  const score = 100 - penalties.reduce((sum, { points }) => sum + points, 0);
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const summary: DaySummary = {
    format: 1,
    partner: 'acme',
    date,
    version: 1,
    verdict: missing > 0 ? 'short' : 'complete',
    score,
    archives: { merged: 120, ...(missing > 0 ? { missing, salvaged: 1, quarantined: 2 } : {}) },
    members: { seen: 2_760, loaded: 2_748, quarantined: isBad ? 6 : 0, duplicate: 0, skipped: 6 },
    rows: { read: rows + 31, loaded: rows, quarantined: isBad ? 31 : 0, duplicate: 0, skipped: 0 },
    tables,
    ledger: { holds: true, identities: [] },
    findings,
  };
  return {
    date,
    publication: {
      format: 1,
      partner: 'acme',
      date,
      version: 1,
      status: 'published',
      publishedAt: `${date}T05:12:00Z`,
      workflowId: `partner-day/acme/${date}`,
      runId: '6f1c2f0e-0000-4000-8000-000000000000',
      tables: tables.map(({ table, status, rows: count, bytes, key }) => ({
        table,
        status,
        ...(key === null ? {} : { key, rows: count, bytes: bytes!, crc32: 0x1a2b3c4d, version: 1 }),
      })),
      score,
      summaryKey: `acme/${date}/v1/summary.json`,
      ledgerKey: `acme/${date}/v1/ledger.json`,
    },
    summary,
    quality: {
      formulaText: ['formula 2: 100 minus these points, in this order, until 100 are used up'],
      penalties: penalties.map((penalty) => ({
        ...penalty,
        evidence: evidenceOf(penalty.name, findings),
      })),
      timeline: tables.flatMap(({ table, changes }) => changes.map((change) => ({ table, ...change }))),
      history: {
        verdict: 'enough history',
        days: 60,
        needed: 21,
        leftOut: [],
        compared: 400,
        notCompared: 0,
      },
      rules: [
        {
          format: 1,
          rule: rename('rates-of-rooms'),
          kind: 'foreign-key',
          text: `every ${rename('room_rates.room_id')} is a rooms.id`,
          table: 'room_rates',
          tables: ['room_rates', 'rooms'],
          columns: ['room_id'],
          outcome: isBad ? 'broken' : 'kept',
          severity: 'error',
          checked: 880_213,
          violations: isBad ? 12 : 0,
          threshold: 0,
          samples: isBad
            ? [
                {
                  key: { room_id: rename('r-4711') },
                  rows: 12,
                  archives: [`landing/acme/${date}/${rename('acme_00017')}.tar.gz`],
                },
              ]
            : [],
        },
      ],
      gate: {
        outcome: score < 80 ? 'warn' : 'publish',
        because: score < 80 ? [`score ${score} is below 80`] : [],
      },
      whatIf: isBad ? [{ action: 'resend', text: 're-send 8 archives', from: score, to: score + 12 }] : [],
    },
    sources: [
      {
        source: 'main',
        verdict: missing > 0 ? 'short' : 'complete',
        evidence: 'list',
        completedBy: 'manifest',
        landed: 120,
        announced: 120 + missing,
        missing,
        unannounced: 0,
      },
    ],
    arrivedAfter: 250 + Math.round(40 * random()) + (isBad ? 130 : 0),
    publishedAfter: 300 + Math.round(30 * random()) + (isBad ? 140 : 0),
    deliveries: isBad
      ? [
          {
            format: 1,
            state: 'sent',
            channel: 'slack',
            level: 'error',
            alertKey: `acme/${date}/v1/alert.json`,
            subject: `acme ${date} v1: ${failed} of 23 tables not merged (verdict short, score ${score})`,
            host: 'hooks.slack.com',
            attempt: 2,
            at: `${date}T05:12:09.000Z`,
          },
        ]
      : [],
    failedRuns: 0,
    incidents: isBad
      ? [
          {
            what: 'failed-tables',
            tables: tables.flatMap(({ table, status }) => (status === 'failed' ? [table] : [])),
            since: `${date}T05:12:00.000Z`,
            ...(date.endsWith('-21') ? {} : { repaired: { at: `${date}T07:47:00.000Z`, version: 2 } }),
          },
        ]
      : [],
  };
}

const EVIDENCE: Record<string, Finding['code']> = {
  'failed-tables': 'merge-failed',
  'missing-archives': 'archive-missing',
  'header-drift': 'column-removed',
};

function evidenceOf(penalty: string, findings: readonly Finding[]) {
  const shown = findings.filter(({ code }) => code === EVIDENCE[penalty]);
  return { count: shown.length, first: shown.slice(0, 2) };
}

function lineage(date: string, rename: (name: string) => string): NonNullable<Report['lineage']> {
  const fates = [
    'missing',
    'quarantined',
    'salvaged',
    ...Array.from({ length: 27 }, () => 'merged'),
  ] as const;
  return {
    configKey: `acme/${date}/config/0f3a9c2b7d1e4a58.json`,
    archives: fates.map((fate, index) => ({
      key: `landing/acme/${date}/${rename(`acme_${String(index + 1).padStart(5, '0')}`)}.tar.gz`,
      fate: fate as 'merged',
      ...(fate === 'missing'
        ? { bad: [] }
        : {
            bytes: 2_200_000 + index,
            sha256: 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9',
            members: { loaded: 23, ...(fate === 'quarantined' ? { quarantined: 2 } : {}) },
            bad: fate === 'quarantined' ? [rename('room_rates_00002.csv')] : [],
          }),
    })),
    more: 94,
    bytes: 264_000_000,
  };
}
