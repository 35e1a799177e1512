// Bodies that are begun and never end: how much of them there can be, and that whole ones are taken all the same.
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createTestApp } from '../support/test-app.ts';
import { until } from '../support/until.ts';

const maxBodyBytes = 1024 * 1024;
const opened: Socket[] = [];
let close = async (): Promise<void> => undefined;
afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy();
  await close();
});

async function listening() {
  const t = await createTestApp({
    limits: {
      ...{
        requestsPerSecond: 10_000,
        failuresPerSecond: 10_000,
        maxConnections: 1_000,
        refusalsPerSecond: Infinity,
      },
      maxBodyBytes,
    },
  });
  await t.app.listen({ host: '127.0.0.1', port: 0 });
  close = async () => {
    await t.app.close();
  };
  const { port } = t.app.server.address() as AddressInfo;
  /** Sends the head and some of a body, and no more. */
  const begin = async (path: string, headers: string, bytes: number): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    opened.push(socket);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: x\r\n${headers}content-length: ${bytes}\r\n\r\n${'x'.repeat(bytes / 2)}`,
    );
    return socket;
  };
  return { ...t, port, begin };
}

const openOf = (sockets: readonly Socket[]): number => sockets.filter(({ closed }) => !closed).length;

describe('Of bodies that never end', () => {
  it.each([
    [
      'a provider’s, by nobody',
      '/v1/providers/ses/status',
      'x-amz-sns-message-type: Notification\r\n',
      320 * 1024,
    ],
    ['a provider’s, by nobody', '/v1/providers/mmg/status', 'authorization: Basic eDp4\r\n', 100 * 1024],
  ])('%s at %s, few are under way at the same time', async (_what, path, headers, bytes) => {
    const { begin } = await listening();
    const sockets: Socket[] = [];
    for (let count = 0; count < 40; count += 1) sockets.push(await begin(path, headers, bytes));
    const most = Math.floor(maxBodyBytes / bytes);
    await until('all others have ended', () => openOf(sockets) <= most, 10);
    expect(openOf(sockets)).toBe(most);
  });

  it('one service’s take no other’s place, nor a provider’s', async () => {
    const { begin, addService, port } = await listening();
    const [many, other] = [await addService('Many'), await addService('Other')];
    const json = 'content-type: application/json\r\n';
    const path = '/v2/notifications/email';
    const first = await begin(path, `${json}authorization: ${other.as}\r\n`, 200 * 1024);
    const webhook = await begin('/v1/providers/mmg/status', 'authorization: Basic eDp4\r\n', 100 * 1024);
    const sockets: Socket[] = [];
    for (let count = 0; count < 40; count += 1)
      sockets.push(await begin(path, `${json}authorization: ${many.as}\r\n`, 200 * 1024));
    await until('most have ended', () => openOf(sockets) <= 4, 10);
    expect([openOf(sockets), openOf([first, webhook])]).toEqual([4, 2]);

    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { authorization: other.as, 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ template_id: '018f0000-0000-7000-8000-000000000000', email_address: 'person@example.com' },
        personalisation: { text: 'x'.repeat(100 * 1024) },
      }),
    });
    expect(answer.status).toBe(201);
  });
});
