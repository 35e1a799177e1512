import type { Pool } from 'pg';
import type { Page } from '../domain/page.schema.ts';
import type { Service } from '../domain/service.schema.ts';
import type { ServiceStore } from '../ports/index.ts';
import { toPage, withinBytes } from './page-within-bytes.ts';

const columns = 'id, name, profile, notification_list, rate_limit_per_second, created_at';

type ServiceRow = Omit<Service, 'rate_limit_per_second'> & { rate_limit_per_second: number | null };

const listStatement = withinBytes(
  `SELECT ${columns} FROM services WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2`,
  'id',
);

export function createServiceStore(pool: Pool): ServiceStore {
  return {
    async create(service) {
      await pool.query(`INSERT INTO services (${columns}) VALUES ($1, $2, $3, $4, $5, $6)`, [
        service.id,
        service.name,
        service.profile,
        service.notification_list,
        service.rate_limit_per_second ?? null,
        service.created_at,
      ]);
    },

    async find(id) {
      const { rows } = await pool.query<ServiceRow>(`SELECT ${columns} FROM services WHERE id = $1`, [id]);
      return rows[0] ? toService(rows[0]) : null;
    },

    async list({ limit, cursor }): Promise<Page<Service>> {
      // The ids are UUIDv7: their order is that of creation, and the last one is the cursor.
      const { rows } = await pool.query<ServiceRow & { page_rows: number; bytes_before: number }>(
        listStatement,
        [cursor ?? null, limit + 1],
      );
      const { items, nextCursor } = toPage<ServiceRow>(rows, limit, (last) => last.id);
      return { items: items.map(toService), nextCursor };
    },

    async update(id, change) {
      const { rows } = await pool.query<ServiceRow>(
        `UPDATE services
         SET name = coalesce($2, name), notification_list = coalesce($3, notification_list),
           rate_limit_per_second = CASE WHEN $4 THEN $5 ELSE rate_limit_per_second END
         WHERE id = $1
         RETURNING ${columns}`,
        [
          id,
          change.name ?? null,
          change.notification_list ?? null,
          // Null is a value of its own here.
          change.rate_limit_per_second !== undefined,
          change.rate_limit_per_second ?? null,
        ],
      );
      return rows[0] ? toService(rows[0]) : null;
    },
  };
}

function toService({ rate_limit_per_second: limit, ...row }: ServiceRow): Service {
  return { ...row, ...(limit !== null && { rate_limit_per_second: limit }) };
}
