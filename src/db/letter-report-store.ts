import type { Pool } from 'pg';
import type { LetterReport } from '../domain/returned-letters.schema.ts';
import type { KeyType } from '../domain/key-type.ts';
import type { LetterReportStore, ReturnedLetterEntry } from '../ports/index.ts';
import { dispatchChannel } from './dispatch-signal.ts';
import { inTransaction } from './pool.ts';

const columns = `id, CASE WHEN finished_at IS NULL THEN 'running' ELSE 'done' END AS state, matched, done, started_at,
  finished_at`;

const createStatement = `
  WITH report AS (
    INSERT INTO returned_letter_reports (id, service_id, matched, key_type) VALUES ($1, $2, $3, $4)
  ), requested AS (
    INSERT INTO workflow_requests (workflow_id, workflow_type, argument, service_id)
    VALUES ('returned-letters/' || $1, 'tellReturnedLetters', jsonb_build_object('reportId', $1::uuid), $2)
    RETURNING 1
  )
  SELECT pg_notify('${dispatchChannel}', '') FROM requested`;

/** One statement's worth of letters. */
const chunk = 2_000;

const addStatement = `
  INSERT INTO returned_letter_entries (report_id, place, notification_id, event_id)
  SELECT $1, $2 + place, notification_id, event_id
  FROM unnest($3::uuid[], $4::uuid[]) WITH ORDINALITY AS e (notification_id, event_id, place)`;

// Told of, an entry is of no more use.
const advanceStatement = `
  WITH told AS (DELETE FROM returned_letter_entries WHERE report_id = $1 AND place <= $2)
  UPDATE returned_letter_reports
  SET done = greatest(done, $2), finished_at = CASE WHEN greatest(done, $2) >= matched THEN coalesce(finished_at, now()) END
  WHERE id = $1
  RETURNING ${columns}`;

export function createLetterReportStore(pool: Pool): LetterReportStore {
  return {
    create: ({ id, serviceId, keyType, letters }) =>
      inTransaction(pool, async (client) => {
        await client.query(createStatement, [id, serviceId, letters.length, keyType]);
        for (let at = 0; at < letters.length; at += chunk) {
          const part = letters.slice(at, at + chunk);
          await client.query(addStatement, [
            id,
            at,
            part.map(({ notificationId }) => notificationId),
            part.map(({ eventId }) => eventId),
          ]);
        }
      }),

    async find(id) {
      const { rows } = await pool.query<LetterReport & { service_id: string | null; key_type: KeyType }>(
        `SELECT ${columns}, service_id, key_type FROM returned_letter_reports WHERE id = $1`,
        [id],
      );
      if (!rows[0]) return null;
      const { service_id: serviceId, key_type: keyType, ...report } = rows[0];
      return { report, serviceId, keyType };
    },

    async next(id, limit) {
      const { rows } = await pool.query<{ place: number; notification_id: string; event_id: string }>(
        `SELECT place, notification_id, event_id FROM returned_letter_entries
         WHERE report_id = $1 ORDER BY place LIMIT $2`,
        [id, limit],
      );
      return rows.map((row): ReturnedLetterEntry => ({
        place: row.place,
        notificationId: row.notification_id,
        eventId: row.event_id,
      }));
    },

    async advance(id, place) {
      const { rows } = await pool.query<LetterReport>(advanceStatement, [id, place]);
      return rows[0] ?? null;
    },
  };
}
