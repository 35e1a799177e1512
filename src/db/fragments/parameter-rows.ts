/**
 * Rows that come as arrays of their columns, the first of them uuids in $1, as SQL for a FROM; `place` counts from 1.
 *
 * The limit changes nothing but what PostgreSQL expects: of one that it cannot know, a single row. So it looks up each
 * row by index, and one plan is good for any number; else it would plan anew each time there are fewer than it assumes.
 */
export function parameterRows(arrays: string, columns: string): string {
  return `(SELECT * FROM unnest(${arrays}) WITH ORDINALITY AS given (${columns}, place)
    LIMIT (SELECT cardinality($1::uuid[])))`;
}
