import { z } from 'zod';
import { bytes } from './bytes.js';
import { isDeadline } from './deadline.js';
import { duration } from './duration.js';
import { qualitySchema } from './quality-config.js';
import { contractSchema, dialectSchema, limitsSchema, membersSchema, tableSchema } from './rules.js';

const sourceSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected a-z, 0-9 and "-"')
    .default('main')
    .describe('Named in signals, messages and findings.'),
  landing: z
    .string()
    .regex(/^landing\/\{partner\}\/.*\{date\}.*\/$/, 'expected landing/{partner}/.../{date}/.../')
    .refine((prefix) => !prefix.split('/').includes('..'), 'expected a prefix without ".."')
    .default('landing/{partner}/{date}/')
    .describe('Prefix the partner writes to. Must lie below `landing/{partner}/` and end with `/`.'),
  archives: z
    .string()
    .min(1)
    .default('*.tar.gz')
    .describe('File name pattern of archives below the prefix (`*`, `?`).'),
  marker: z.string().optional().describe('Object below the prefix that says "complete", e.g. `_SUCCESS`.'),
  manifest: z
    .string()
    .optional()
    .describe(
      'Object below the prefix with `{archives: [{name, bytes}]}`; the source is complete when all have landed.',
    ),
  settle: duration
    .prefault('10s')
    .describe(
      'After "complete", how long announced archives may still be on their way before the day is short.',
    ),
  deadline: z
    .string()
    .refine(isDeadline, 'expected a local time such as 06:00, or a duration such as 5h')
    .optional()
    .describe(
      'When the source must be complete: a local time (`06:00`, the first after the day opens) or how long it may take after the day opens (`5h`). Absent: no deadline.',
    ),
  beforeDeadline: duration
    .prefault('30m')
    .describe('How long before the deadline an alert names what is missing.'),
  afterDeadline: z
    .enum(['wait', 'proceed', 'fail'])
    .default('wait')
    .describe('What to do when the deadline passes.'),
});
export type SourceConfig = z.infer<typeof sourceSchema>;

function backoff(initial: string, max: string) {
  return z
    .strictObject({
      initial: duration.prefault(initial).describe('Pause after the first try.'),
      factor: z.number().min(1).default(2).describe('Each further pause is this much longer.'),
      max: duration.prefault(max).describe('Longest pause.'),
    })
    .prefault({});
}

const policiesSchema = z
  .strictObject({
    extraction: z
      .strictObject({
        tries: z.number().int().positive().default(3).describe('Tries of an archive, the first included.'),
        timeout: duration.prefault('2h').describe('Longest one try may take.'),
        backoff: backoff('10s', '10m'),
      })
      .prefault({}),
    merge: z
      .strictObject({
        tries: z.number().int().positive().default(5).describe('Tries of a table in one round.'),
        timeout: duration.prefault('1h').describe('Longest one try may take.'),
        backoff: backoff('10s', '10m'),
      })
      .prefault({}),
    stage: z
      .strictObject({
        tries: z.number().int().positive().default(3).describe('Tries of a stage.'),
        timeout: duration.prefault('1h').describe('Longest one try may take.'),
        backoff: backoff('2s', '1m'),
      })
      .prefault({})
      .describe('Every other stage.'),
    rules: z
      .strictObject({
        tries: z.number().int().positive().default(3).describe('Tries to check the rules across tables.'),
        timeout: duration.prefault('1h').describe('Longest one try may take.'),
        backoff: backoff('10s', '10m'),
        memory: bytes
          .refine((value) => value >= 64 * 2 ** 20, 'expected at least 64 MiB')
          .default(512 * 2 ** 20)
          .describe('Memory that checking may take. What does not fit is spilled to the local disk.'),
      })
      .prefault({})
      .describe(
        'Rules across tables. When every try fails, the version is published without them, and says so.',
      ),
    requeue: z
      .strictObject({
        rounds: z.number().int().min(0).default(3).describe('How many rounds after the first.'),
        delay: duration.prefault('5m').describe('Pause before each round.'),
      })
      .prefault({})
      .describe('Further rounds for failed tables, after the day is published without them.'),
    heartbeat: duration
      .prefault('30s')
      .describe('A worker silent for this long is taken for lost, and its work goes to another.'),
    maxConcurrentMerges: z
      .number()
      .int()
      .positive()
      .default(23)
      .describe('Tables of a day in merging at once. The days of a backfill share it.'),
    maxConcurrentExtracts: z
      .number()
      .int()
      .positive()
      .max(400)
      .default(128)
      .describe('Groups of archives of a day in extraction at once. The days of a backfill share it.'),
  })
  .prefault({});

const days = z.number().int().min(0).max(36_500).optional();

const retentionSchema = z
  .strictObject({
    extractDays: days.describe(
      'Days the rows of an archive are kept in the form they were read into. A later merge that needs older ones reads those archives again. Absent: for ever.',
    ),
    versions: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe('Versions of a date that are kept, the one readers see included. Absent: all.'),
    quarantineDays: days.describe(
      'Days quarantined rows are kept; after that only their number is known. Absent: for ever.',
    ),
  })
  .prefault({})
  .describe('What `partnerday sweep` deletes. Nothing is deleted by itself.');

const maskingSchema = z
  .strictObject({
    values: z
      .enum(['all', 'none'])
      .default('all')
      .describe('`all`: of values only their form is shown (`x`, `9`). `none`: they are shown as they are.'),
    show: z
      .array(z.string())
      .default([])
      .describe('Columns whose values are shown all the same; only where a row’s fields can be told apart.'),
  })
  .prefault({})
  .describe('What is shown of values in samples that are made for the partner.');

/** `partners/{id}.yaml`. A new partner is one such file and nothing else. */
export const partnerConfigSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected 1-63 of a-z, 0-9 and "-", not starting with "-"')
    .refine((id) => id !== 'landing', 'expected another id than "landing", which is reserved')
    .describe('The same as the file’s name: 1-63 of a-z, 0-9 and `-`; not `landing`.'),
  name: z.string().optional().describe('For people.'),
  timeZone: z
    .string()
    .refine(isTimeZone, 'expected an IANA time zone such as Europe/Berlin')
    .default('UTC')
    .describe('IANA zone in which business dates begin.'),
  opensAt: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected HH:MM')
    .default('00:00')
    .describe('Local time at which a new partner-day is started.'),
  dateOffset: z
    .number()
    .int()
    .min(-31)
    .max(0)
    .default(-1)
    .describe('Business date relative to the local date on which the day opens. -1: yesterday’s data.'),
  enabled: z
    .boolean()
    .default(true)
    .describe('Whether new days are opened by the schedule. `partnerday run` works all the same.'),
  sources: z
    .array(sourceSchema)
    .min(1)
    .prefault([{}])
    .describe('Where archives come from. A day waits until every source is complete.'),
  members: membersSchema,
  dialect: dialectSchema,
  contract: contractSchema,
  limits: limitsSchema,
  tables: z
    .record(z.string().regex(/^[a-z0-9][a-z0-9_.-]{0,126}$/i), tableSchema)
    .default({})
    .describe(
      'What is known about a table beforehand. Tables that are not listed are learned from the data.',
    ),
  policies: policiesSchema,
  quality: qualitySchema,
  retention: retentionSchema,
  masking: maskingSchema,
  airflow: z
    .strictObject({
      dag: z
        .string()
        .regex(/^[\w.-]{1,250}$/, 'expected a DAG id: letters, digits, "_", "-", "."')
        .optional()
        .describe(
          'DAG that is triggered for every published version, in the Airflow named by `PARTNERDAY_AIRFLOW_URL`. Absent: none.',
        ),
    })
    .prefault({}),
  consumers: z.array(z.string()).default([]).describe('Who reads the tables; named in alerts.'),
});
export type PartnerConfig = z.infer<typeof partnerConfigSchema>;

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
