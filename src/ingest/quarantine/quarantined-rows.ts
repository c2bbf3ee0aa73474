import { z } from 'zod';
import { findingSchema } from '../../quality/finding.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { parseJson } from '../documents/json-object.js';

/** One line of the object in which extraction keeps the rows of an archive that it set aside. */
const lineSchema = z.object({
  member: z.string(),
  row: z.number().int(),
  line: z.number().int(),
  offset: z.number().int().optional(),
  code: findingSchema.shape.code,
  detail: z.string(),
  /** Base64. */
  raw: z.string().optional(),
});

export interface KeptRow extends Omit<z.infer<typeof lineSchema>, 'raw'> {
  /** 1-based line of the object. */
  readonly number: number;
  readonly raw?: Buffer;
}

const LF = 0x0a;

/** In the order in which they were set aside. */
export async function* readQuarantinedRows(
  store: ObjectStore,
  key: string,
  call: CallOptions = {},
): AsyncGenerator<KeptRow> {
  let number = 0;
  let rest = Buffer.alloc(0);
  for await (const chunk of (await store.get(key, call)).stream) {
    let from = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, from)) {
      const { raw, ...row } = parseJson(key, Buffer.concat([rest, chunk.subarray(from, end)]), lineSchema);
      yield { ...row, number: ++number, ...(raw === undefined ? {} : { raw: Buffer.from(raw, 'base64') }) };
      rest = Buffer.alloc(0);
      from = end + 1;
    }
    rest = Buffer.concat([rest, chunk.subarray(from)]);
  }
}
