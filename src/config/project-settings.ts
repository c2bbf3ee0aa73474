import { z } from 'zod';
import { duration } from './duration.js';

/** `partnerday.yaml`. Everything has a default; secrets never stand here. */
export const projectSettingsSchema = z.strictObject({
  store: z
    .string()
    .regex(/^(file:\/\/\/|s3:\/\/)/, 'expected file:///dir or s3://bucket[/prefix]')
    .optional()
    .describe(
      'Where archives land and tables are published. `PARTNERDAY_STORE` overrides it. Absent: `.partnerday/store` beside this file.',
    ),
  temporal: z
    .strictObject({
      address: z
        .string()
        .regex(/^[^\s:/]+:\d{1,5}$/, 'expected host:port')
        .optional()
        .describe('Temporal frontend. `TEMPORAL_ADDRESS` overrides it; absent: the Temporal CLI’s profile.'),
      namespace: z
        .string()
        .min(1)
        .optional()
        .describe('`TEMPORAL_NAMESPACE` overrides it. Absent: the profile’s, or `default`.'),
    })
    .prefault({}),
  ui: z
    .strictObject({
      url: z
        .url({ protocol: /^https?$/, error: 'expected a URL such as http://localhost:8233' })
        .optional()
        .describe('The Temporal Web UI, for links.'),
    })
    .prefault({}),
  openLineage: z
    .strictObject({
      emit: z
        .enum(['none', 'store', 'endpoint'])
        .default('none')
        .describe(
          'What becomes of an event per published table: nothing, a line of `openlineage.jsonl` beside the day, or a request to `OPENLINEAGE_URL` (with `OPENLINEAGE_API_KEY`).',
        ),
      namespace: z.string().min(1).default('partnerday').describe('Of the jobs in these events.'),
    })
    .prefault({}),
  alerts: z
    .strictObject({
      hosts: z
        .array(z.string().regex(/^[a-z0-9.:[\]-]+$/, 'expected a host name such as hooks.slack.com'))
        .default(['hooks.slack.com'])
        .describe(
          'Hosts that alerts may be sent to. The addresses themselves are secrets and come from the environment: `PARTNERDAY_SLACK_WEBHOOK`, and `PARTNERDAY_ALERT_WEBHOOK` with `PARTNERDAY_ALERT_SECRET`; with `_PARTNER` at the end for one partner.',
        ),
      privateNetwork: z
        .boolean()
        .default(false)
        .describe('Whether these hosts may have private addresses, and be spoken to without TLS.'),
      timeout: duration.prefault('10s').describe('How long a receiver may take to answer.'),
    })
    .prefault({}),
});
export type ProjectSettings = z.infer<typeof projectSettingsSchema>;
