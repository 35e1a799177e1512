// No answer holds more than a page in memory, however much there is to show: over PostgreSQL, with rows as large as they get.
import { v7 as uuidv7 } from 'uuid';
import { createDatabaseApp, type DatabaseApp } from '../support/database-app.ts';
import { routeSamples, type Sample } from '../support/route-samples.ts';

let app: DatabaseApp;
let samples: Sample[];
beforeAll(async () => {
  app = await createDatabaseApp();
  samples = await routeSamples(app);
}, 60_000);
afterAll(() => app.stop(), 60_000);

const fewBytes = 3 * 1024 * 1024;
type List<T> = { items: T[]; next_cursor: string | null };
type Attempts = { attempts: { number: number }[]; attempts_cursor: string | null };

const sampleOf = (route: string): Sample => samples.find((sample) => sample.route === route) as Sample;

/** All of a list, page by page, none of which is large. */
async function walk<T>(path: string, as: string, limit = 500): Promise<{ items: T[]; pages: number }> {
  const items: T[] = [];
  for (let [pages, cursor] = [1, null as string | null]; ; pages += 1) {
    const query = `limit=${limit}${cursor === null ? '' : `&cursor=${cursor}`}`;
    const answer = await app.call('GET', `${path}${path.includes('?') ? '&' : '?'}${query}`, { as });
    expect([answer.statusCode, answer.body.length < fewBytes]).toEqual([200, true]);
    const page = answer.json<List<T>>();
    items.push(...page.items);
    if (page.next_cursor === null) return { items, pages };
    expect(page.items.length).toBeGreaterThan(0);
    cursor = page.next_cursor;
  }
}

const attemptsOf = (id: string, sequence: number, count: number) =>
  app.pool.query(
    `INSERT INTO attempts (notification_id, sequence, number, url, started_at, duration_ms, outcome, response_status,
       response_headers, response_body, response_truncated)
     SELECT $1, $2, n, 'https://example.com', now(), 1, 'http_status', 500, '{}', decode(repeat('61', 16384), 'hex'), true
     FROM generate_series(1, $3::int) n`,
    [id, sequence, count],
  );

describe('The history of a notification', () => {
  it('shows the newest 50 of 1,717 attempts, and the others in pages', async () => {
    const { as } = sampleOf('/v1/notifications/{id}');
    const { path } = sampleOf('/v1/notifications/{id}/callbacks');
    await attemptsOf(path.split('/')[3] ?? '', 1, 1717);
    const { items } = await walk<Attempts & { id: string }>(path, as ?? '');
    const [item] = items;
    expect(item?.attempts.map(({ number }) => number)).toEqual(
      Array.from({ length: 50 }, (_, index) => 1668 + index),
    );
    expect(item?.attempts_cursor).toBe('1668');
    const own = `${path}/${String(item?.id)}/attempts`;
    const all = await walk<{ number: number }>(own, as ?? '');
    expect(all.items.map(({ number }) => number)).toEqual(
      Array.from({ length: 1717 }, (_, index) => 1717 - index),
    );
    const rest = await app.call('GET', `${own}?cursor=1668&limit=1`, { as: as ?? '' });
    expect(rest.json()).toMatchObject({ items: [{ number: 1667 }], next_cursor: '1667' });
    const other = await app.call('GET', own, { as: sampleOf('/v1/batches/{id}').as ?? '' });
    expect(other.statusCode).toBe(404);
  }, 60_000);

  it('comes in pages, in which a status is what it is in the whole', async () => {
    const { as } = sampleOf('/v1/notifications/{id}');
    const { id } = (
      await app.call('POST', '/v1/notifications', {
        as: as ?? '',
        body: { to: '1 High Street', notification_type: 'letter' },
      })
    ).json<{ id: string }>();
    await app.pool.query(
      `INSERT INTO statuses (notification_id, sequence, event_id, event, status, state, accepted_at, occurred_at)
       SELECT $1, n, gen_random_uuid(), 'delivery_status', 'sending', CASE WHEN n < 3 THEN 'delivered' ELSE 'pending' END, now(), now()
       FROM generate_series(1, 700) n`,
      [id],
    );
    await app.pool.query('UPDATE notifications SET last_sequence = 700 WHERE id = $1', [id]);
    const path = `/v1/notifications/${id}/callbacks`;
    const { items, pages } = await walk<{ sequence: number; state: string }>(path, as ?? '', 50);
    expect([items.length, pages]).toEqual([700, 14]);
    expect(items.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 700 }, (_, index) => index + 1),
    );
    expect(items.filter(({ state }) => state === 'delivering').map(({ sequence }) => sequence)).toEqual([3]);
    for (let sequence = 1; sequence <= 60; sequence += 1) await attemptsOf(id, sequence, 50);
    expect((await walk(path, as ?? '')).items).toHaveLength(700);
  }, 120_000);

  it('of a Dispatch communication is bounded in the same way', async () => {
    const { path, as } = sampleOf('/v1/communications/{id}/callbacks');
    const batch = await app.call('POST', sampleOf('/v1/communications/{id}/batches').path, {
      ...(as !== null && { as }),
      body: {
        members: Array.from({ length: 8 }, (_, n) => ({ destinations: [{ type: 'sms', to: `+${n}` }] })),
      },
    });
    for (const { id } of batch.json<{ members: { id: string }[] }>().members) {
      const to = await app.pool.query<{ address: string }>(
        'SELECT address FROM destinations WHERE notification_id = $1',
        [id],
      );
      const body = { status: 'sent', destination: to.rows[0]?.address };
      await app.call('POST', `/v1/notifications/${id}/statuses`, { ...(as !== null && { as }), body });
      await attemptsOf(id, 1, 60);
    }
    const { items, pages } = await walk<Attempts>(path, as ?? '');
    expect([items.length >= 8, pages > 1]).toEqual([true, true]);
    expect(items.filter(({ attempts }) => attempts.length === 50)).toHaveLength(8);
  }, 60_000);

  it('of a number that has sent thousands of messages is that of the one that is asked for', async () => {
    const { path, as } = sampleOf('/v1/inbound/{id}/callbacks');
    const id = path.split('/')[3] ?? '';
    const { rows } = await app.pool.query<{ notification_id: string; sequence: number }>(
      'SELECT notification_id, sequence FROM inbound_messages WHERE id = $1',
      [id],
    );
    await attemptsOf(rows[0]?.notification_id ?? '', rows[0]?.sequence ?? 0, 120);
    const history = await app.call('GET', path, { as: as ?? '' });
    expect(history.json()).toMatchObject({ items: [{ id, attempts_cursor: '71' }], next_cursor: null });
    expect((await walk(`/v1/inbound/${id}/attempts`, as ?? '')).items).toHaveLength(120);
  });
});

describe('A list of large rows', () => {
  it('is of services, notifications and versions of callbacks in pages that fit', async () => {
    const addresses = Array.from(
      { length: 100 },
      (_, index) => `${'a'.repeat(60)}${index}@${'b'.repeat(60)}.example`,
    );
    const operator = `Bearer ${app.adminToken}`;
    await app.pool.query(
      `INSERT INTO services (id, name, profile, created_at, notification_list) SELECT ('0190b5c4-7e3b-7cc2-8000-' || lpad(n::text, 12, '0'))::uuid, 'x', 'dispatch', now(), $1
       FROM generate_series(1, 300) n`,
      [addresses],
    );
    expect((await walk('/v1/services', operator)).items.length).toBeGreaterThanOrEqual(300);
    const { path, as } = sampleOf('/v1/services/{id}/callbacks/{event}/versions');
    const service = path.split('/')[3] ?? '';
    for (let count = 0; count < 120; count += 1) {
      const template_ids = Array.from({ length: 300 }, () => uuidv7());
      const body = { url: 'https://example.com', filter: { template_ids } };
      await app.call('PUT', `/v1/services/${service}/callbacks/delivery_status`, { body });
    }
    const versions = await walk<{ version: number; changed: string[] }>(path, as ?? '');
    expect(versions.pages).toBeGreaterThan(1);
    expect(versions.items.map(({ version }) => version)).toEqual(
      versions.items.map((_, index) => versions.items.length - index),
    );
    // Each is told by the one before, also where a page ends between the two.
    expect(new Set(versions.items.slice(0, 119).map(({ changed }) => changed.join()))).toEqual(
      new Set(['filter']),
    );
    await app.pool.query(
      `INSERT INTO notifications (id, service_id, recipient, notification_type, status, created_at, request_digest, reference)
       SELECT gen_random_uuid(), $1, repeat('x', 1000), 'email', 'created', now(), '', 'many' FROM generate_series(1, 3000)`,
      [service],
    );
    expect((await walk(`/v1/notifications?reference=many`, as ?? '')).items).toHaveLength(3000);
  }, 120_000);
});
