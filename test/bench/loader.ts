// The platforms of a benchmark: they register notifications, and report their statuses with so many requests in flight.
import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { answerQuestions } from './child.ts';

type Registered = { id: string; token: string };
const words = ['sending', 'sent', 'delivered'];
let registered: Registered[] = [];

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
  items: Iterable<T>,
  inFlight: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (let next = left.next(); !next.done; next = left.next()) await work(next.value);
    }),
  );
}

answerQuestions({
  /** `count` notifications, of the services with these tokens in turn; answers their ids. */
  async register({ url, tokens, count }: { url: string; tokens: string[]; count: number }) {
    const pool = new Pool(url, { connections: 32 });
    const owners = Array.from({ length: count }, (_, place) => tokens[place % tokens.length] ?? '');
    const made: Registered[] = [];
    await inParallel(owners, 32, async (token) => {
      const body = { to: '07700900123', notification_type: 'sms' };
      const { id } = await post(pool, token, '/v1/notifications', body);
      made.push({ id, token });
    });
    await pool.close();
    registered = made;
    return made.map(({ id }) => id);
  },

  /** Each notification's statuses one after the other; answers how many seconds all of it took to be accepted. */
  async burst({ url, statuses, inFlight }: { url: string; statuses: number; inFlight: number }) {
    const pool = new Pool(url, { connections: inFlight });
    const startedMs = performance.now();
    await inParallel(registered, inFlight, async ({ id, token }) => {
      for (const status of words.slice(-statuses))
        await post(pool, token, `/v1/notifications/${id}/statuses`, { status });
    });
    const seconds = (performance.now() - startedMs) / 1000;
    await pool.close();
    return seconds;
  },

  /** So many a second, whether answered or not; answers when the report of each event was sent, by its id. */
  async gentle({ url, perSecond }: { url: string; perSecond: number }) {
    const pool = new Pool(url, { connections: 32 });
    const sent: Record<string, number> = {};
    const startedMs = Date.now();
    await Promise.all(
      registered.map(async ({ id, token }, place) => {
        const dueMs = startedMs + (place * 1000) / perSecond;
        await new Promise((resolve) => setTimeout(resolve, dueMs - Date.now()));
        const event_id = randomUUID();
        sent[event_id] = Date.now();
        await post(pool, token, `/v1/notifications/${id}/statuses`, { status: 'delivered', event_id });
      }),
    );
    await pool.close();
    return sent;
  },
});
