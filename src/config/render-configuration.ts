import { z } from 'zod';
import { partnerConfigSchema } from './partner-config.js';
import { projectSettingsSchema } from './project-settings.js';
import { unwrap } from './schema-shape.js';

interface Field {
  path: string;
  type: string;
  default: string;
  description: string;
}

const INTRODUCTION = `# Configuration

<!-- Generated from the schemas by \`node scripts/generate-docs.mjs\`; do not edit. -->

A project is a directory:

\`\`\`
partnerday.yaml      optional: where the store and Temporal are
partners/{id}.yaml   one file per partner; adding a partner is adding a file
\`\`\`

\`partnerday validate\` checks it offline; every problem names file, line and column. An unknown field is a problem, not
ignored. One partner's problem never stops the others. Every verb takes \`--config DIR\` (or \`PARTNERDAY_CONFIG\`).

Sizes are written \`64 KiB\`, \`8 MiB\`, \`2 GiB\`; durations \`500ms\`, \`30s\`, \`5m\`, \`2h\`, \`1d\`.
A run pins the configuration when it starts: a change takes effect with the next run.`;

const ENVIRONMENT = `## Environment

| variable | meaning |
| --- | --- |
| \`PARTNERDAY_CONFIG\` | The project's directory; \`--config\` overrides it. |
| \`PARTNERDAY_STORE\` | \`file:///dir[?fsync=1]\` or \`s3://bucket[/prefix]\`; overrides \`partnerday.yaml\`. |
| \`AWS_ENDPOINT_URL_S3\`, \`AWS_REGION\`, \`AWS_ACCESS_KEY_ID\`, ... | As for every AWS tool. Secrets come from the environment only. |
| \`TEMPORAL_ADDRESS\`, \`TEMPORAL_NAMESPACE\`, \`TEMPORAL_API_KEY\`, \`TEMPORAL_TLS_*\`, \`TEMPORAL_PROFILE\` | The same variables and profiles as the Temporal CLI. |
| \`PARTNERDAY_EXTRACT_SLOTS\`, \`PARTNERDAY_MERGE_SLOTS\` | Archives read, and tables merged, at the same time by one worker. Default: the cores; three quarters of them; fewer where memory is short. |
| \`PARTNERDAY_PROBE_PORT\` | Port of \`/livez\` and \`/readyz\` of a worker, or of \`partnerday serve\` beside its own. Default: none. |
| \`PARTNERDAY_TOKEN_{PARTNER}\` | Bearer token of a partner for \`partnerday serve\`, e.g. \`PARTNERDAY_TOKEN_ACME_EU\` of \`acme-eu\`; several separated by commas. At least 16 characters. |
| \`PARTNERDAY_EVENTS_TOKEN\`, \`PARTNERDAY_VIEW_TOKEN\` | Token of whoever sends the store's events; token for reading the pages. Without the second everyone who reaches them may read. |
| \`PARTNERDAY_RATE\` | Requests a minute \`partnerday serve\` takes for each partner. Default 120. |
| \`PARTNERDAY_REDIS_URL\` | \`redis://\` or \`rediss://\`: workers show progress there as well. Default: nowhere. |
| \`PARTNERDAY_AIRFLOW_URL\`, \`PARTNERDAY_AIRFLOW_TOKEN\` or \`PARTNERDAY_AIRFLOW_USERNAME\` and \`PARTNERDAY_AIRFLOW_PASSWORD\` | Where workers trigger the DAGs that partners name in \`airflow.dag\`, and as whom. |
| \`PARTNERDAY_TEMPORAL\`, \`PARTNERDAY_VERSITYGW\`, \`PARTNERDAY_TOOLS\` | Executables \`up\` should use, and where it keeps those it obtains. |
| \`NO_COLOR\`, \`FORCE_COLOR\` | Colour off, colour on. |`;

/** The whole of \`docs/configuration.md\`. */
export function renderConfiguration(): string {
  return `${[
    INTRODUCTION,
    '## partnerday.yaml',
    fieldTable(projectSettingsSchema),
    '## partners/{id}.yaml',
    'The shortest partner is one line, `id: acme`. Everything else has a default.',
    fieldTable(partnerConfigSchema),
    ENVIRONMENT,
  ].join('\n\n')}\n`;
}

function fieldTable(schema: z.core.$ZodType): string {
  const rows = fieldsOf(schema, '').map(
    (field) => `| \`${field.path}\` | ${field.type} | ${field.default} | ${field.description} |`,
  );
  return ['| field | type | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** Leaves in the order of the schema; mappings and lists of mappings are walked into. */
function fieldsOf(schema: z.core.$ZodType, path: string): Field[] {
  const inner = unwrap(schema);
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries<z.core.$ZodType>(inner.shape).flatMap(([name, value]) => {
    const at = path ? `${path}.${name}` : name;
    const element = unwrap(value);
    const nested =
      element instanceof z.ZodArray
        ? fieldsOf(element.element, `${at}[]`)
        : element instanceof z.ZodRecord
          ? fieldsOf(element.valueType as z.core.$ZodType, `${at}.{name}`)
          : fieldsOf(element, at);
    const description = descriptionOf(value);
    if (nested.length > 0 && !description && element instanceof z.ZodObject) return nested;
    // An optional mapping repeats one that is described above.
    if (value instanceof z.ZodOptional) nested.length = 0;
    return [{ path: at, type: typeOf(value), default: defaultOf(value), description }, ...nested];
  });
}

function typeOf(schema: z.core.$ZodType): string {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodEnum) return inner.options.map((option) => `\`${String(option)}\``).join(', ');
  if (inner instanceof z.ZodArray) {
    return unwrap(inner.element) instanceof z.ZodObject
      ? 'list of mappings'
      : `list of ${typeOf(inner.element)}s`;
  }
  if (inner instanceof z.ZodRecord) return 'mapping by name';
  if (inner instanceof z.ZodObject) return 'mapping';
  if (inner instanceof z.ZodNumber) return inner.isInt ? 'whole number' : 'number';
  if (inner instanceof z.ZodBoolean) return '`true`, `false`';
  if (hasTransform(schema)) return isDuration(schema) ? 'duration' : 'size';
  return 'text';
}

function hasTransform(schema: z.core.$ZodType): boolean {
  if (schema instanceof z.ZodPipe) return true;
  return 'innerType' in schema._zod.def && hasTransform(schema._zod.def.innerType as z.core.$ZodType);
}

/** Durations and sizes are both texts that become numbers; what they accept tells them apart. */
function isDuration(schema: z.core.$ZodType): boolean {
  return z.safeParse(schema, '1h').success;
}

function defaultOf(schema: z.core.$ZodType): string {
  const def = schema._zod.def;
  if (schema instanceof z.ZodOptional) return 'none';
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault) {
    const value = (def as unknown as { defaultValue: unknown }).defaultValue;
    return typeof value === 'number' && hasTransform(schema) ? `\`${amount(value)}\`` : code(value);
  }
  return '**required**';
}

function amount(bytes: number): string {
  for (const [unit, factor] of [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const) {
    if (bytes % factor === 0) return `${bytes / factor} ${unit}`;
  }
  return `${bytes} B`;
}

function code(value: unknown): string {
  if (Array.isArray(value) && value.length === 0) return 'empty';
  if (value !== null && typeof value === 'object') {
    return Object.keys(value).length === 0 ? '' : 'one with the defaults';
  }
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function descriptionOf(schema: z.core.$ZodType): string {
  const own = z.globalRegistry.get(schema)?.description;
  if (own !== undefined) return own.replaceAll('|', '\\|');
  const def = schema._zod.def;
  return 'innerType' in def ? descriptionOf(def.innerType as z.core.$ZodType) : '';
}
