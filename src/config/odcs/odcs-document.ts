import { z } from 'zod';

/** The Open Data Contract Standard, as far as it is read and written here. What is not known is left alone. */
export const ODCS_VERSION = 'v3.1.0';

const customProperty = z.looseObject({ property: z.string(), value: z.unknown() });
const customProperties = z.array(customProperty).optional();

const quality = z.array(
  z.looseObject({
    type: z.string().optional(),
    metric: z.string().optional(),
    unit: z.string().optional(),
    mustBeLessThan: z.number().optional(),
  }),
);

const propertySchema = z.looseObject({
  name: z.string().min(1),
  physicalName: z.string().optional(),
  logicalType: z
    .enum(['string', 'date', 'timestamp', 'time', 'number', 'integer', 'object', 'array', 'boolean'])
    .optional(),
  required: z.boolean().optional(),
  quality: quality.optional(),
  customProperties,
});
export type OdcsProperty = z.infer<typeof propertySchema>;

const objectSchema = z.looseObject({
  name: z.string().min(1),
  physicalName: z.string().optional(),
  properties: z.array(propertySchema).optional(),
  quality: quality.optional(),
  customProperties,
});
export type OdcsObject = z.infer<typeof objectSchema>;

export const odcsSchema = z.looseObject({
  apiVersion: z
    .string()
    .regex(/^v3\.[01]\.\d+$/, 'expected version 3.0 or 3.1 of the standard, such as v3.1.0'),
  kind: z.literal('DataContract'),
  id: z.string(),
  version: z.string(),
  status: z.string(),
  schema: z.array(objectSchema).min(1),
});
export type OdcsDocument = z.infer<typeof odcsSchema>;

/** Settings the standard has no place for travel under these names. */
export const CUSTOM = {
  contract: 'partnerdayContract',
  dialect: 'partnerdayDialect',
  maxErrorRate: 'partnerdayMaxErrorRate',
  aside: 'partnerdayAside',
  learned: 'partnerdayLearned',
  requiredColumn: 'partnerdayRequiredColumn',
  aliases: 'partnerdayAliases',
} as const;
