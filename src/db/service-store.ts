import type { Pool } from 'pg';
import type { Page } from '../domain/page.schema.ts';
import type { Service } from '../domain/service.schema.ts';
import type { ServiceStore } from '../ports/index.ts';
import { toPage, withinBytes } from './page-within-bytes.ts';

const columns = 'id, name, profile, notification_list, created_at';

const listStatement = withinBytes(
  `SELECT ${columns} FROM services WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2`,
  'id',
);

export function createServiceStore(pool: Pool): ServiceStore {
  return {
    async create(service) {
      await pool.query(`INSERT INTO services (${columns}) VALUES ($1, $2, $3, $4, $5)`, [
        service.id,
        service.name,
        service.profile,
        service.notification_list,
        service.created_at,
      ]);
    },

    async find(id) {
      const { rows } = await pool.query<Service>(`SELECT ${columns} FROM services WHERE id = $1`, [id]);
      return rows[0] ?? null;
    },

    async list({ limit, cursor }): Promise<Page<Service>> {
      // The ids are UUIDv7: their order is that of creation, and the last one is the cursor.
      const { rows } = await pool.query<Service & { page_rows: number; bytes_before: number }>(
        listStatement,
        [cursor ?? null, limit + 1],
      );
      return toPage<Service>(rows, limit, (last) => last.id);
    },

    async update(id, change) {
      const { rows } = await pool.query<Service>(
        `UPDATE services
         SET name = coalesce($2, name), notification_list = coalesce($3, notification_list)
         WHERE id = $1
         RETURNING ${columns}`,
        [id, change.name ?? null, change.notification_list ?? null],
      );
      return rows[0] ?? null;
    },
  };
}
