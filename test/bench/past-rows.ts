// A long past, written by SQL: what years of use leave in the tables, without years of use.
import { withClient } from '../../src/embedded/with-client.ts';

/**
 * Notifications of these services in turn: `finished` were delivered, with one status and one attempt each; of `open` ones
 * nothing is known yet but that they were registered.
 */
export async function writePast(
  databaseUrl: string,
  services: readonly string[],
  { finished, open }: { finished: number; open: number },
): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    await client.query('SET synchronous_commit = off');
    for (let from = 0; from < finished; from += 50_000)
      await client.query(finishedStatement, [services, from, Math.min(from + 50_000, finished) - 1]);
    for (let from = 0; from < open; from += 50_000)
      await client.query(openStatement, [services, from, Math.min(from + 50_000, open) - 1]);
    // As autovacuum leaves them, and on the disk, so that none of it is counted to what comes after.
    for (const table of ['notifications', 'statuses', 'attempts', 'workflow_requests'])
      await client.query(`VACUUM (ANALYZE) ${table}`);
  });
}

export async function checkpoint(adminUrl: string): Promise<void> {
  await withClient(adminUrl, (client) => client.query('CHECKPOINT'));
}

/** `count` registered notifications with an accepted status each that nobody has taken up. */
export async function writeBacklog(
  databaseUrl: string,
  services: readonly string[],
  count: number,
): Promise<void> {
  await withClient(databaseUrl, (client) => client.query(backlogStatement, [services, 0, count - 1]));
}

const numbered = `numbered AS (
    SELECT gen_random_uuid() AS id, ($1::uuid[])[1 + n % cardinality($1::uuid[])] AS service_id, n
    FROM generate_series($2::int, $3::int) n
  )`;

const registered = (status: string, sequence: number, createdAt: string): string => `made AS (
    INSERT INTO notifications (id, service_id, recipient, notification_type, status, last_sequence, final_sequence,
      created_at, request_digest)
    SELECT id, service_id, '07700900123', 'sms', '${status}', ${sequence}, nullif(${sequence}, 0), ${createdAt},
      decode(repeat('00', 32), 'hex')
    FROM numbered
    RETURNING id, service_id, created_at
  )`;

const delivered = (state: string): string => `told AS (
    INSERT INTO statuses (notification_id, sequence, event_id, status, accepted_at, occurred_at, completed_at, callback_id,
      state)
    SELECT made.id, 1, gen_random_uuid(), 'delivered', made.created_at, made.created_at, made.created_at, c.id, '${state}'
    FROM made JOIN callbacks c ON c.service_id = made.service_id AND c.event = 'delivery_status' AND c.removed_at IS NULL
    RETURNING notification_id, sequence, callback_id, accepted_at
  )`;

const finishedStatement = `
  WITH ${numbered}, ${registered('delivered', 1, "now() - n * interval '30 seconds'")}, ${delivered('delivered')}
  INSERT INTO attempts (notification_id, sequence, number, url, started_at, duration_ms, outcome, response_status,
    response_headers, response_body)
  SELECT notification_id, sequence, 1, 'https://receiver.example/callbacks', accepted_at, 20, 'delivered', 200,
    '{"content-type": "text/plain", "date": "Thu, 26 Nov 2026 12:00:00 GMT"}', 'ok'
  FROM told`;

const openStatement = `
  WITH ${numbered}, ${registered('created', 0, "now() - n * interval '1 second'")}
  INSERT INTO workflow_requests (workflow_id, workflow_type, argument, service_id, not_before, delay_until)
  SELECT 'timeout/' || id, 'timeOutNotification', jsonb_build_object('notificationId', id), service_id,
    now() + interval '12 hours', now() + interval '72 hours'
  FROM made`;

const backlogStatement = `
  WITH ${numbered}, ${registered('delivered', 1, 'now()')}, ${delivered('pending')}
  INSERT INTO dispatch_entries (notification_id, sequence, callback_id, receiver_id)
  SELECT notification_id, sequence, callback_id, callback_id FROM told`;
