import { z } from 'zod';
import { findingCodeSchema } from '../quality/finding-code.js';
import { duration } from './duration.js';
import { relationSchema } from './table-relation.js';

const share = () => z.number().min(0).max(1);
const change = () => z.number().positive().max(100);

/** Shares of something bad. A finding is raised at the threshold and above it, never for nothing at all. */
const nullRatio = 'Null cells / cells at or above which a finding is raised.';
const missingFiles =
  'Missing / expected archives, or members of a table, at or above which a finding is raised.';
const raggedRows = 'Rows with another number of fields or broken quotes / rows read. 0: any.';
const brokenEncoding = 'Rows that are not text in their encoding / rows read. 0: any.';
const duplicateMembers = 'Members that were sent twice / members. 0: any.';

/** Distances from what earlier days let expect. */
const volumeChange = 'Change of a number of rows or archives / what earlier days let expect.';
const nullRatioChange = 'Rise of a null ratio above what earlier days let expect (0.05: five points).';
const distinctChange = 'Change of a number of distinct keys / what earlier days let expect.';

const columnSchema = z.strictObject({
  nullRatio: share().optional().describe('For this column.'),
  nullRatioChange: share().optional().describe('For this column.'),
  distinctChange: change().optional().describe('For this column.'),
});

const tableSchema = z.strictObject({
  nullRatio: share().optional().describe('For this table and its columns.'),
  missingFiles: share().optional().describe('For this table’s members.'),
  raggedRows: share().optional().describe('For this table.'),
  brokenEncoding: share().optional().describe('For this table.'),
  duplicateMembers: share().optional().describe('For this table.'),
  volumeChange: change().optional().describe('For this table.'),
  nullRatioChange: share().optional().describe('For this table and its columns.'),
  distinctChange: change().optional().describe('For this table.'),
  columns: z.record(z.string(), columnSchema).default({}).describe('Thresholds of single columns.'),
});

const date = z.iso.date('expected a date such as 2026-03-02');

const historySchema = z
  .strictObject({
    days: z
      .number()
      .int()
      .min(0)
      .max(400)
      .default(90)
      .describe('How many days before a day are looked at. 0: none, and nothing is compared with history.'),
    minDays: z
      .number()
      .int()
      .min(7)
      .default(21)
      .describe('Days with a value that are needed before anything is judged by them.'),
    minWeekdays: z
      .number()
      .int()
      .min(1)
      .default(3)
      .describe('How many of those days must be of the same weekday.'),
    deviations: z
      .number()
      .positive()
      .default(5)
      .describe('How many robust standard deviations from the expected value count as unusual.'),
    lateBy: duration
      .prefault('1h')
      .describe('How much later than on earlier days the last archive may arrive.'),
  })
  .prefault({});

const incidentSchema = z
  .strictObject({
    from: date.describe('First day of the incident.'),
    to: date.optional().describe('Last day; absent: one day.'),
    tables: z.array(z.string()).optional().describe('Absent: the whole day.'),
    why: z.string().optional().describe('For people.'),
  })
  .refine(({ from, to }) => to === undefined || from <= to, {
    path: ['to'],
    message: 'expected a date that is not before "from"',
  });

const expectedColumnSchema = z.strictObject({
  name: z.string().min(1).describe('Of the column.'),
  type: z
    .enum(['null', 'boolean', 'integer', 'decimal', 'date', 'timestamp', 'text'])
    .describe('`null`: not known.'),
});

export const expectedTablesSchema = z.record(z.string(), z.array(expectedColumnSchema));

const codes = () =>
  z
    .array(
      z
        .string()
        .refine(
          (code) => findingCodeSchema.safeParse(code).success,
          'expected the code of a finding, such as column-missing (docs/quality.md lists them)',
        ),
    )
    .default([]);

/** What is judged, and by what measure. None of it changes a byte of a table. */
export const qualitySchema = z
  .strictObject({
    holdBelow: z
      .number()
      .int()
      .min(0)
      .max(100)
      .default(0)
      .describe('Score below which a version waits for a decision instead of being published. 0: never.'),
    warnBelow: z
      .number()
      .int()
      .min(0)
      .max(100)
      .default(80)
      .describe('Score below which a version is published with a warning. 0: never.'),
    holdOn: codes().describe(
      'Findings (by code, warnings and errors) for which a version waits, whatever its score.',
    ),
    warnOn: codes().describe('Findings for which a version is published with a warning, whatever its score.'),
    nullRatio: share().default(0.2).describe(nullRatio),
    missingFiles: share().default(0.05).describe(missingFiles),
    raggedRows: share().default(0).describe(raggedRows),
    brokenEncoding: share().default(0).describe(brokenEncoding),
    duplicateMembers: share().default(0).describe(duplicateMembers),
    volumeChange: change().default(0.25).describe(volumeChange),
    nullRatioChange: share().default(0.05).describe(nullRatioChange),
    distinctChange: change().default(0.25).describe(distinctChange),
    tables: z.record(z.string(), tableSchema).default({}).describe('Thresholds of single tables.'),
    history: historySchema,
    incidents: z
      .array(incidentSchema)
      .default([])
      .describe('Days on which something is known to have been wrong: nothing is learned from them.'),
    rules: z
      .array(relationSchema)
      .default([])
      .describe(
        'Rules across tables. Extraction writes the columns they need on their own, so that no table is read for them; archives that were read before a rule was there keep it from being checked.',
      ),
    schemaFile: z
      .string()
      .optional()
      .describe(
        'A `table_metadata.json` of a good day, beside this file: columns and types that are expected where `tables` says nothing.',
      ),
    expected: expectedTablesSchema
      .default({})
      .describe('What `schemaFile` says, by table; filled from it when the configuration is loaded.'),
  })
  .prefault({});
export type QualityConfig = z.infer<typeof qualitySchema>;
export type Incident = z.infer<typeof incidentSchema>;
