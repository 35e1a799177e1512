import type { Pool } from 'pg';
import type { CampaignStore } from '../ports/index.ts';
import {
  loadAttempts,
  statusColumns,
  statusJoins,
  toHistoryRow,
  whatFits,
  type StatusRow,
} from './history.ts';

type Row = StatusRow & { notification_id: string };

const pageStatement = `
  SELECT st.notification_id, ${statusColumns}
  FROM notifications n
  JOIN statuses st ON st.notification_id = n.id
  ${statusJoins}
  WHERE n.communication_id = $1 AND ($2::uuid IS NULL OR (n.id, st.sequence) < ($2, $3))
  ORDER BY n.id DESC, st.sequence DESC
  LIMIT $4`;

/** One page of what was accepted of all members and batches of a communication, with the attempts. */
export async function loadCommunicationHistory(
  pool: Pool,
  communicationId: string,
  { limit, cursor }: Parameters<CampaignStore['history']>[1],
): ReturnType<CampaignStore['history']> {
  const [afterId = null, afterSequence = null] = cursor?.split('_') ?? [];
  const { rows } = await pool.query<Row>(pageStatement, [communicationId, afterId, afterSequence, limit + 1]);
  const page = whatFits(rows.slice(0, limit));
  const attempts = await loadAttempts(
    pool,
    page.map((row) => row.notification_id),
    page.map((row) => row.sequence),
  );
  const items = page.map((row) => ({
    notificationId: row.notification_id,
    ...toHistoryRow(
      row,
      attempts.filter((own) => own.notification_id === row.notification_id && own.sequence === row.sequence),
    ),
  }));
  const last = items.at(-1);
  return {
    items,
    nextCursor: rows.length > page.length && last ? `${last.notificationId}_${last.sequence}` : null,
  };
}
