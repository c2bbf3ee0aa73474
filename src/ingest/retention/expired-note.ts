import { z } from 'zod';
import { archiveRefSchema } from '../archive-ref.js';

/** What one run read again: a merge of these tables needed rows of these archives, and a sweep had deleted them. */
export const expiredSchema = z.object({
  format: z.literal(1),
  tables: z.array(z.string()),
  archives: z.array(archiveRefSchema),
});
export type Expired = z.infer<typeof expiredSchema>;
