// A receiver that closes an idle connection just as the next request goes out: the request is lost without the receiver
// ever seeing it. It is not sent again behind the history's back, so it must not go out on such a connection.
import { createEgressPolicy } from '../../src/net/egress-policy.ts';
import { createGuardedAgent, type HttpAgent } from '../../src/net/guarded-agent.ts';
import { createHttpSender } from '../../src/net/http-sender.ts';
import { ok, onRequest, startRawServer, type RawServer } from './raw-server.ts';

let agent: HttpAgent;
let server: RawServer;

beforeEach(() => {
  agent = createGuardedAgent(createEgressPolicy({ allow: ['127.0.0.0/8'], allowHttp: true }));
});
afterEach(async () => {
  await agent.destroy();
  await server.stop();
});

const send = () =>
  createHttpSender(agent).send(
    { method: 'POST', url: server.url, headers: {}, body: '{}', timeoutMs: 5_000 },
    new AbortController().signal,
  );

/** The processor is busy with something else, and nothing that arrives is looked at. */
function blockFor(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

test('a close that has arrived while this process was busy is seen before the next request goes out', async () => {
  const { Worker } = await import('node:worker_threads');
  // In a thread of its own, so that it closes while this one is blocked.
  const receiver = new Worker(
    `const { createServer } = require('node:http');
     const { parentPort } = require('node:worker_threads');
     let seen = 0;
     const server = createServer((request, response) => {
       seen += 1;
       request.resume().on('end', () => {
         response.end('ok', () => setTimeout(() => server.closeIdleConnections(), 100));
       });
     }).listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
     server.keepAliveTimeout = 60_000;
     parentPort.on('message', () => parentPort.postMessage({ seen }));`,
    { eval: true },
  );
  const port = await new Promise<number>((resolve) => receiver.once('message', resolve));
  server = await startRawServer(() => undefined);
  const exchange = () =>
    createHttpSender(agent).send(
      { method: 'POST', url: `http://127.0.0.1:${port}/`, headers: {}, body: '{}', timeoutMs: 5_000 },
      new AbortController().signal,
    );
  expect((await exchange()).failure).toBeNull();
  blockFor(300);

  expect((await exchange()).failure).toBeNull();

  const seen = new Promise((resolve) => receiver.once('message', resolve));
  receiver.postMessage('how many?');
  expect(await seen).toEqual({ seen: 2 });
  await receiver.terminate();
});

test('an idle connection is given up within little more than a second, before receivers usually do', async () => {
  server = await startRawServer((socket) => onRequest(socket, () => socket.write(ok)));
  expect((await send()).failure).toBeNull();
  const idleSince = Date.now();
  while (server.openSockets() > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  // gunicorn closes after 2 s, Node after 5, most others later.
  expect(Date.now() - idleSince).toBeLessThan(1_900);
}, 10_000);

test('a lost request is one failed attempt: it is never sent twice', async () => {
  let requests = 0;
  server = await startRawServer((socket) =>
    onRequest(socket, () => {
      requests += 1;
      if (requests === 1) socket.write(ok);
      else socket.destroy();
    }),
  );
  await send();
  expect((await send()).failure).toMatchObject({ outcome: 'connect_error' });
  expect(requests).toBe(2);
});
