import { z } from 'zod';

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
});
export type ProjectSettings = z.infer<typeof projectSettingsSchema>;
