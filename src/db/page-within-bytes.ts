// An answer holds one page in memory, several times over: a page is bounded in bytes as it is in items.
import type { Page } from '../domain/page.schema.ts';

/** What a page's rows have together, as text, before the row that makes it more is left to the next page. */
export const maxPageBytes = 1024 * 1024;

type Sized<T> = T & { page_rows: number; bytes_before: number };

/** Of the rows of `select`, which has an `order` and a limit that is one more than wanted, as many as fit; the first always. */
export function withinBytes(select: string, order: string): string {
  return `
    WITH page AS MATERIALIZED (${select}), sized AS (
      SELECT page.*, count(*) OVER () AS page_rows,
        sum(octet_length(page::text)) OVER (ORDER BY ${order}) - octet_length(page::text) AS bytes_before
      FROM page
    )
    SELECT * FROM sized WHERE bytes_before < ${maxPageBytes} ORDER BY ${order}`;
}

/** The rows that such a statement gave, as a page of at most `limit`; `cursorOf` names the last. */
export function toPage<T extends object>(
  rows: readonly Sized<T>[],
  limit: number,
  cursorOf: (last: T) => string,
): Page<T> {
  const items = rows.slice(0, limit).map(({ page_rows, bytes_before, ...row }) => row as unknown as T);
  const last = items.at(-1);
  const hasMore = last !== undefined && (rows[0]?.page_rows ?? 0) > items.length;
  return { items, nextCursor: hasMore ? cursorOf(last) : null };
}
