import { z } from 'zod';

/**
 * How bad it is, least first. `late`: a source is not complete in time. `warning`: published, with something wrong.
 * `error`: readers lack tables, or the whole day.
 */
export const ALERT_LEVELS = ['late', 'warning', 'error'] as const;
export const alertLevelSchema = z.enum(ALERT_LEVELS);
export type AlertLevel = z.infer<typeof alertLevelSchema>;

const causeSchema = z.object({
  /** Code of the finding, or the name of what else was broken. */
  rule: z.string(),
  /** What and where, in one line. */
  text: z.string(),
  table: z.string().optional(),
  archive: z.string().optional(),
  member: z.string().optional(),
  line: z.number().int().optional(),
});
export type AlertCause = z.infer<typeof causeSchema>;

/** One paragraph of an alert; every view of it shows them in this order. */
const sectionSchema = z.object({ title: z.string(), lines: z.array(z.string()) });
export type AlertSection = z.infer<typeof sectionSchema>;

/** What people are told of a partner-day. Text, messages and mail are rendered from it, never parsed back. */
export const alertSchema = z.object({
  format: z.literal(1),
  partner: z.string(),
  date: z.string(),
  level: alertLevelSchema,
  /** One line. */
  subject: z.string(),
  sections: z.array(sectionSchema),
  /** The first of what went wrong, most severe first. */
  causes: z.array(causeSchema),
  /** Tables concerned. */
  tables: z.array(z.string()),
  consumers: z.array(z.string()),
  /** Rows concerned, and all rows of the day. */
  rows: z.object({ concerned: z.number().int(), all: z.number().int() }).optional(),
  version: z.number().int().positive().optional(),
  score: z.number().int().optional(),
  verdict: z.string().optional(),
  /** Commands to type. */
  next: z.array(z.string()),
});
export type Alert = z.infer<typeof alertSchema>;

/** Plain text: the subject, then paragraph by paragraph. */
export function renderAlertText({ subject, sections }: Alert): string {
  const paragraphs = sections.map(({ title, lines }) => [title, ...lines.map((line) => `  ${line}`)]);
  return `${[[subject], ...paragraphs].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
