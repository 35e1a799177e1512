import { z } from 'zod';

const Cursor = z.guid('must be the next_cursor of the page before');

export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: Cursor.optional().describe('The `next_cursor` of the page before.'),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** One page of a list; `next_cursor` is null on the last. */
export type Page<T> = { items: T[]; nextCursor: string | null };
