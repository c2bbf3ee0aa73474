import { z } from 'zod';

/** What lies inside defaults, optionals and transformations: the schema that says what a person types. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable
  ) {
    return unwrap(schema.def.innerType);
  }
  return schema instanceof z.ZodPipe ? unwrap(schema.def.in) : schema;
}

/** The names a mapping at `path` may have; `undefined` where any are allowed or no mapping is expected. */
export function namesAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] | undefined {
  let at = unwrap(schema);
  for (const step of path) {
    const next = child(at, step);
    if (!next) return undefined;
    at = unwrap(next);
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : undefined;
}

function child(schema: z.core.$ZodType, step: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[String(step)];
  if (schema instanceof z.ZodArray) return schema.element;
  return schema instanceof z.ZodRecord ? schema.valueType : undefined;
}
