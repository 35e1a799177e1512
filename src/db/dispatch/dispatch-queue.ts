import type { Pool } from 'pg';
import type { EventName } from '../../domain/event.ts';
import type { DispatchEntry, DispatchQueue } from '../../ports/index.ts';
import { parameterRows } from '../fragments/parameter-rows.ts';

type EntryRow = {
  notification_id: string;
  sequence: number;
  status: string;
  event_id: string;
  event: EventName;
  service_id: string;
  profile: string;
  callback_id: string;
  receiver_id: string;
  max_in_flight: number;
  generation: number;
};

const entriesOf = (source: string): string => `
  SELECT e.notification_id, e.sequence, st.status, st.event_id, st.event, n.service_id, s.profile, e.callback_id, e.receiver_id,
    c.max_in_flight, e.generation
  FROM ${source} e
  JOIN statuses st USING (notification_id, sequence)
  JOIN notifications n ON n.id = e.notification_id
  JOIN services s ON s.id = n.service_id
  JOIN callbacks c ON c.id = e.callback_id`;

/**
 * A recursive part of a WITH: each value of a column, and a null at the end. It goes from one to the next by the index,
 * however many rows have the same.
 */
const eachOnce = (name: string, column: string, condition: string): string => `${name} AS (
    (SELECT ${column} FROM dispatch_entries WHERE ${condition} ORDER BY ${column} LIMIT 1)
    UNION ALL
    SELECT (
      SELECT e.${column} FROM dispatch_entries e
      WHERE e.${condition} AND e.${column} > ${name}.${column}
      ORDER BY e.${column}
      LIMIT 1)
    FROM ${name}
    WHERE ${name}.${column} IS NOT NULL
  )`;

/** A notification has few statuses; only what one number sends can be more, and needs no haste. */
const mostSiblings = 10;

// A few for each receiver: however much waits for one, the others cost the same. What else waits of the same notifications
// comes with them, so that their workflows are told of it at once.
const claimStatement = `
  WITH RECURSIVE ${eachOnce('waiting', 'receiver_id', 'owner IS NULL')}, due AS (
    SELECT own.notification_id, own.sequence, own.receiver_id
    FROM waiting
    CROSS JOIN LATERAL (
      SELECT e.notification_id, e.sequence, e.receiver_id
      FROM dispatch_entries e
      WHERE e.owner IS NULL AND e.receiver_id = waiting.receiver_id AND e.due_at <= now()
      ORDER BY e.due_at
      LIMIT $3
      FOR UPDATE SKIP LOCKED) own
    WHERE waiting.receiver_id <> ALL ($4::uuid[])
    LIMIT $2
  ), siblings AS (
    SELECT own.notification_id, own.sequence
    FROM (SELECT DISTINCT notification_id, receiver_id FROM due) due
    CROSS JOIN LATERAL (
      SELECT e.notification_id, e.sequence
      FROM dispatch_entries e
      WHERE e.notification_id = due.notification_id AND e.receiver_id = due.receiver_id
        AND e.owner IS NULL AND e.due_at <= now()
      ORDER BY e.sequence
      LIMIT ${mostSiblings}
      FOR UPDATE SKIP LOCKED) own
  ), together AS (
    SELECT notification_id, sequence FROM due UNION SELECT notification_id, sequence FROM siblings
  ), taken AS (
    UPDATE dispatch_entries e SET owner = $1
    FROM together
    WHERE e.notification_id = together.notification_id AND e.sequence = together.sequence
    RETURNING e.notification_id, e.sequence, e.callback_id, e.receiver_id, e.generation
  )${entriesOf('taken')}`;

// The dead are named by their absence, so that an entry committed in the last breath of an owner is freed too.
const ownersStatement = `
  WITH RECURSIVE ${eachOnce('owners', 'owner', 'owner IS NOT NULL')}, living AS (
    SELECT id FROM dispatchers WHERE alive_until >= now()
  ), buried AS (
    DELETE FROM dispatchers WHERE alive_until < now()
  )
  SELECT (SELECT count(*) FROM living) AS alive,
    ARRAY(SELECT owner FROM owners WHERE owner IS NOT NULL AND owner NOT IN (SELECT id FROM living)) AS dead`;

export function createDispatchQueue(pool: Pool): DispatchQueue {
  return {
    async renewLease(owner, leaseSeconds) {
      await pool.query(
        `INSERT INTO dispatchers (id, alive_until) VALUES ($1, now() + make_interval(secs => $2))
         ON CONFLICT (id) DO UPDATE SET alive_until = excluded.alive_until`,
        [owner, leaseSeconds],
      );
      const { rows } = await pool.query<{ alive: number; dead: string[] }>(ownersStatement);
      const { alive = 1, dead = [] } = rows[0] ?? {};
      if (dead.length > 0)
        await pool.query(
          `UPDATE dispatch_entries SET owner = NULL
           WHERE owner = ANY ($1::uuid[]) AND owner NOT IN (SELECT id FROM dispatchers WHERE alive_until >= now())`,
          [dead],
        );
      return alive;
    },

    async claim(owner, { limit, perReceiver, except }) {
      const { rows } = await pool.query<EntryRow>({
        name: 'claim-dispatch-entries',
        text: claimStatement,
        values: [owner, limit, perReceiver, except],
      });
      return rows.map(toEntry);
    },

    async owned(owner, olderThanSeconds) {
      const { rows } = await pool.query<EntryRow>(
        `WITH own AS (
           SELECT notification_id, sequence, callback_id, receiver_id, generation FROM dispatch_entries
           WHERE owner = $1 AND due_at < now() - make_interval(secs => $2)
         )${entriesOf('own')}`,
        [owner, olderThanSeconds],
      );
      return rows.map(toEntry);
    },

    async finish(entries) {
      await pool.query({
        name: 'finish-dispatch-entries',
        text: `DELETE FROM dispatch_entries e
          USING ${parameterRows('$1::uuid[], $2::int[], $3::int[]', 'notification_id, sequence, generation')} done
          WHERE e.notification_id = done.notification_id AND e.sequence = done.sequence AND e.generation = done.generation`,
        values: [
          entries.map((entry) => entry.notificationId),
          entries.map((entry) => entry.sequence),
          entries.map((entry) => entry.generation),
        ],
      });
    },

    async releaseAll(owner) {
      await pool.query(
        `WITH gone AS (DELETE FROM dispatchers WHERE id = $1)
         UPDATE dispatch_entries SET owner = NULL WHERE owner = $1`,
        [owner],
      );
    },

    async depth() {
      const { rows } = await pool.query<{ depth: number }>('SELECT count(*) AS depth FROM dispatch_entries');
      return rows[0]?.depth ?? 0;
    },
  };
}

function toEntry(row: EntryRow): DispatchEntry {
  return {
    notificationId: row.notification_id,
    sequence: row.sequence,
    status: row.status,
    eventId: row.event_id,
    event: row.event,
    serviceId: row.service_id,
    profile: row.profile,
    callbackId: row.callback_id,
    receiverId: row.receiver_id,
    maxInFlight: row.max_in_flight,
    generation: row.generation,
  };
}
