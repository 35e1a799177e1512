// The platform of a benchmark: registers notifications, and reports their statuses with so many requests in flight.
import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { answerQuestions } from './child.ts';

type Target = { url: string; token: string };
const words = ['sending', 'sent', 'delivered'];
let ids: string[] = [];

async function post(pool: Pool, token: string, path: string, body: object): Promise<{ id: string }> {
  const { statusCode, body: answer } = await pool.request({
    ...{ path, method: 'POST', body: JSON.stringify(body) },
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  });
  const text = await answer.text();
  if (statusCode >= 300) throw new Error(`${path} answered ${statusCode}: ${text}`);
  return JSON.parse(text) as { id: string };
}

async function inParallel<T>(
  items: readonly T[],
  inFlight: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (const item of left) await work(item);
    }),
  );
}

answerQuestions({
  async register({ url, token, count }: Target & { count: number }) {
    const pool = new Pool(url, { connections: 32 });
    ids = [];
    await inParallel(Array.from({ length: count }), 32, async () => {
      const body = { to: '07700900123', notification_type: 'sms' };
      ids.push((await post(pool, token, '/v1/notifications', body)).id);
    });
    await pool.close();
  },

  /** Each notification's statuses one after the other; answers how long all of it took to be accepted. */
  async burst({ url, token, statuses, inFlight }: Target & { statuses: number; inFlight: number }) {
    const pool = new Pool(url, { connections: inFlight });
    const startedMs = performance.now();
    await inParallel(ids, inFlight, async (id) => {
      for (const status of words.slice(-statuses))
        await post(pool, token, `/v1/notifications/${id}/statuses`, { status });
    });
    const seconds = (performance.now() - startedMs) / 1000;
    await pool.close();
    return { seconds, accepted: ids.length * statuses };
  },

  /** So many a second; answers when the report of each event was sent, by its id. */
  async gentle({ url, token, perSecond }: Target & { perSecond: number }) {
    const pool = new Pool(url, { connections: 32 });
    const sent: Record<string, number> = {};
    const startedMs = Date.now();
    await Promise.all(
      ids.map(async (id, n) => {
        await new Promise((resolve) => setTimeout(resolve, startedMs + (n * 1000) / perSecond - Date.now()));
        const event_id = randomUUID();
        sent[event_id] = Date.now();
        await post(pool, token, `/v1/notifications/${id}/statuses`, { status: 'delivered', event_id });
      }),
    );
    await pool.close();
    return sent;
  },
});
