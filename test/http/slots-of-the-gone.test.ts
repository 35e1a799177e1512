// A caller of a heavy route who goes away while it is still looked up what he may do leaves no slot taken behind him.
import { connect, type Socket } from 'node:net';
import { createDatabaseApp, type DatabaseApp } from '../support/database-app.ts';
import { rawRequest, routeSamples } from '../support/route-samples.ts';
import { pause, until } from '../support/until.ts';

let app: DatabaseApp;
beforeAll(async () => {
  app = await createDatabaseApp();
}, 60_000);
afterAll(() => app.stop(), 60_000);

test('three who left before their slot was given keep nobody out', async () => {
  const sample = (await routeSamples(app)).find(({ route }) => route === '/v1/batches/{id}/members');
  if (!sample) throw new Error('there is no such route');
  const head = rawRequest({
    method: 'POST',
    target: sample.path,
    headers: [
      ['host', 'localhost'],
      ['authorization', sample.as ?? ''],
      ['content-type', 'application/json'],
      ['content-length', '8000000'],
    ],
  });
  const waiting = async (): Promise<number> => {
    const { rows } = await app.pool.query<{ waiting: number }>(
      "SELECT count(*)::integer AS waiting FROM pg_locks WHERE NOT granted AND relation = 'batches'::regclass",
    );
    return rows[0]?.waiting ?? 0;
  };
  const holder = await app.pool.connect();
  await holder.query('BEGIN; LOCK TABLE batches IN ACCESS EXCLUSIVE MODE');
  const sockets: Socket[] = [];
  for (let count = 0; count < 3; count += 1) {
    const socket = connect(app.port, '127.0.0.1', () => socket.write(head));
    socket.on('error', () => undefined);
    sockets.push(socket);
  }
  await until('all are being looked up', async () => (await waiting()) === 3);
  for (const socket of sockets) socket.destroy();
  const open = () =>
    new Promise<number>((resolve) => app.app.server.getConnections((_, count) => resolve(count)));
  await until('the server knows that they are gone', async () => (await open()) === 0);
  await holder.query('COMMIT');
  holder.release();
  await until('all have been looked up', async () => (await waiting()) === 0);
  // Whatever follows the look-up has been done by then.
  await pause(100);

  const { path, as, body } = sample;
  const answers = await Promise.all([1, 2].map(() => app.call('POST', path, { as: as ?? '', body })));
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 201]);
}, 60_000);
