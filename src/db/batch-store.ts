import type { Pool, PoolClient } from 'pg';
import type { Member } from '../domain/batch.schema.ts';
import { statusOfBatch } from '../domain/batch-progress.ts';
import type { Instant } from '../domain/instant.ts';
import type { BatchStore, NumberedMember, StoredBatch } from '../ports/index.ts';
import { createBatchStateStore } from './batch-state-store.ts';
import { destinationsOf, type DestinationJson } from './destinations.ts';
import { withinBytes } from './page-within-bytes.ts';
import { inTransaction } from './pool.ts';
import { wakeBatches } from './wake-batches.ts';

/** One statement's worth of members: at most so many, with so many destinations, and attributes of so much text. */
const chunk = { members: 500, destinations: 2000, characters: 512 * 1024 };

const createStatement = `
  WITH subject AS (
    INSERT INTO notifications (id, service_id, recipient, notification_type, status, created_at, request_digest,
      communication_id)
    VALUES ($1, $3, '', 'batch', 'IN_PROGRESS', $4, '', $2)
  )
  INSERT INTO batches (id, communication_id, created_at) VALUES ($1, $2, $4)`;

const insertMembersStatement = `
  WITH members AS (
    INSERT INTO notifications (id, service_id, recipient, notification_type, status, created_at, request_digest,
      communication_id, batch_id, place, attributes)
    SELECT m.id, c.service_id, m.recipient, 'member', 'created', $2, '', c.id, b.id, $3 + m.ordinality - 1, m.attributes
    FROM unnest($4::uuid[], $5::text[], $6::json[]) WITH ORDINALITY AS m (id, recipient, attributes, ordinality)
    CROSS JOIN batches b
    JOIN callbacks c ON c.id = b.communication_id
    WHERE b.id = $1
  )
  INSERT INTO destinations (notification_id, place, type, address, provider, provider_reference, service_id)
  SELECT d.*, c.service_id
  FROM unnest($7::uuid[], $8::int[], $9::text[], $10::text[], $11::text[], $12::text[]) AS d
  CROSS JOIN batches b
  JOIN callbacks c ON c.id = b.communication_id
  WHERE b.id = $1`;

const membersStatement = withinBytes(
  `SELECT n.id, n.place, n.attributes, n.status, n.place < b.started AS is_started, ${destinationsOf('n.id')} AS destinations
   FROM notifications n
   JOIN batches b ON b.id = n.batch_id
   WHERE n.batch_id = $1 AND n.place >= $2 AND n.place < b.members
   ORDER BY n.place
   LIMIT $3`,
  'place',
);

const closeStatement = `
  WITH closed AS (
    UPDATE batches SET closed_at = now() WHERE id = $1 AND closed_at IS NULL RETURNING id
  ), ${wakeBatches('b.id IN (SELECT id FROM closed)')}`;

type BatchRow = {
  id: string;
  communication_id: string;
  service_id: string;
  is_disabled: boolean;
  members: number;
  started: number;
  processed: number;
  created_at: Instant;
  closed_at: Instant | null;
  completed_at: Instant | null;
};

type MemberRow = Omit<Member, 'destinations'> & {
  destinations: DestinationJson[] | null;
  is_started: boolean;
};

export function createBatchStore(pool: Pool): BatchStore {
  const find = async (id: string): Promise<StoredBatch | null> => {
    const { rows } = await pool.query<BatchRow>(
      `SELECT b.id, b.communication_id, c.service_id, c.state = 'disabled' AS is_disabled, b.members, b.started,
         p.processed, b.created_at, b.closed_at, b.completed_at
       FROM batches b
       JOIN callbacks c ON c.id = b.communication_id
       JOIN batch_progress p ON p.batch_id = b.id
       WHERE b.id = $1`,
      [id],
    );
    return rows[0] ? toBatch(rows[0]) : null;
  };

  return {
    ...createBatchStateStore(pool),
    find,

    create: ({ id, communicationId, serviceId, createdAt }, members) =>
      inTransaction(pool, async (client) => {
        await client.query(createStatement, [id, communicationId, serviceId, createdAt]);
        await client.query('INSERT INTO batch_progress (batch_id) VALUES ($1)', [id]);
        await insertMembers(client, { batchId: id, from: 0, createdAt }, members);
      }),

    append: (id, members, createdAt) =>
      inTransaction(pool, async (client) => {
        const { rows } = await client.query<{ members: number; is_closed: boolean }>(
          'SELECT members, closed_at IS NOT NULL AS is_closed FROM batches WHERE id = $1 FOR NO KEY UPDATE',
          [id],
        );
        const [batch] = rows;
        if (!batch || batch.is_closed) return false;
        await insertMembers(client, { batchId: id, from: batch.members, createdAt }, members);
        return true;
      }),

    async close(id) {
      await pool.query(closeStatement, [id]);
      return find(id);
    },

    async members(id, from, limit) {
      const { rows } = await pool.query<MemberRow>(membersStatement, [id, from, limit]);
      return rows.map(toMember);
    },
  };
}

async function insertMembers(
  client: PoolClient,
  { batchId, from, createdAt }: { batchId: string; from: number; createdAt: Instant },
  members: readonly NumberedMember[],
): Promise<void> {
  let at = from;
  for (const part of inChunks(members)) {
    const destinations = part.flatMap(({ id, destinations }) =>
      destinations.map((destination, place) => ({ id, place, ...destination })),
    );
    await client.query(insertMembersStatement, [
      batchId,
      createdAt,
      at,
      part.map(({ id }) => id),
      part.map(({ destinations: [first] }) => first?.to ?? ''),
      part.map(({ json }) => json),
      destinations.map(({ id }) => id),
      destinations.map(({ place }) => place),
      destinations.map(({ type }) => type),
      destinations.map(({ to }) => to),
      destinations.map(({ provider = null }) => provider),
      destinations.map(({ provider_reference: reference = null }) => reference),
    ]);
    at += part.length;
  }
  await client.query(
    `WITH grown AS (UPDATE batches SET members = $2 WHERE id = $1), ${wakeBatches('b.id = $1')}`,
    [batchId, from + members.length],
  );
}

function* inChunks(members: readonly NumberedMember[]): Generator<(NumberedMember & { json: string })[]> {
  let part: (NumberedMember & { json: string })[] = [];
  let left = { ...chunk };
  for (const member of members) {
    const json = JSON.stringify(member.attributes);
    part.push({ ...member, json });
    left = {
      members: left.members - 1,
      destinations: left.destinations - member.destinations.length,
      characters: left.characters - json.length,
    };
    if (Math.min(...Object.values(left)) > 0) continue;
    yield part;
    part = [];
    left = { ...chunk };
  }
  if (part.length > 0) yield part;
}

function toBatch(row: BatchRow): StoredBatch {
  return {
    id: row.id,
    communication_id: row.communication_id,
    service_id: row.service_id,
    status: statusOfBatch({ ...row, isComplete: row.completed_at !== null, isDisabled: row.is_disabled }),
    member_count: row.members,
    started_count: row.started,
    processed_count: row.processed,
    created_at: row.created_at,
    closed_at: row.closed_at,
    completed_at: row.completed_at,
  };
}

function toMember({ id, attributes, status, is_started: isStarted, destinations }: MemberRow): Member {
  return {
    id,
    attributes,
    destinations: (destinations ?? []).map((own) => ({
      type: own.type,
      to: own.address,
      provider: own.provider,
      provider_reference: own.provider_reference,
      status: own.status,
      processed: own.is_processed,
    })),
    status: status === 'created' && !isStarted ? 'waiting' : status,
  };
}
