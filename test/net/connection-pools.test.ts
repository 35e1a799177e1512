// Connections are kept for the next request, but only so many, and nothing of an origin outlives them.
import type { Dispatcher } from 'undici';
import { createEgressPolicy } from '../../src/net/egress-policy.ts';
import { createGuardedAgent, type HttpAgent } from '../../src/net/guarded-agent.ts';
import { createHttpSender } from '../../src/net/http-sender.ts';
import { sendOnce } from '../../src/net/send-once.ts';
import { pause, until } from '../support/until.ts';
import { ok, onRequest, startRawServer, type RawServer } from './raw-server.ts';

const policy = createEgressPolicy({ allow: ['127.0.0.0/8'], allowHttp: true });
let agent: HttpAgent;
let servers: RawServer[];

beforeEach(() => {
  agent = createGuardedAgent(policy, { maxIdleConnections: 3 });
  servers = [];
});
afterEach(async () => {
  await agent.destroy();
  await Promise.all(servers.map((server) => server.stop()));
});

const request = (url: string) => ({
  method: 'POST' as const,
  url,
  headers: {},
  body: '{}',
  timeoutMs: 5_000,
});
const never = new AbortController().signal;

async function startServers(count: number): Promise<void> {
  for (let at = 0; at < count; at += 1)
    servers.push(await startRawServer((socket) => onRequest(socket, () => socket.write(ok))));
}

const openSockets = () => servers.reduce((sum, server) => sum + server.openSockets(), 0);

test('over all origins no more connections than the limit stay open, whether requests come one by one or at once', async () => {
  await startServers(12);
  const sender = createHttpSender(agent);
  const sendToAll = () => servers.map(({ url }) => sender.send(request(url), never));
  for (const { url } of servers) await sender.send(request(url), never);
  await pause(100);
  expect(openSockets()).toBe(3);
  expect((await Promise.all(sendToAll())).every(({ failure }) => failure === null)).toBe(true);
  await pause(100);
  expect(openSockets()).toBeLessThanOrEqual(3);
});

test('of thousands of callbacks to one receiver no more are kept either, and the next finds room', async () => {
  await startServers(1);
  const sender = createHttpSender(agent);
  const url = servers[0]?.url ?? '';
  for (let callback = 0; callback < 200; callback += 1) {
    await sender.send({ ...request(url), owner: `callback-${callback}` }, never);
    // undici counts a connection as free one turn after the end of its answer.
    await new Promise(setImmediate);
    expect(agent.open()).toBeLessThanOrEqual(3);
  }
  const last = { ...request(url), owner: 'callback-199' };
  expect((await sender.send(last, never)).failure).toBeNull();
  // The one that was used last had been kept.
  expect(servers[0]?.connections()).toBe(200);
});

test('a request that is given up while it connects leaves no connection behind', async () => {
  const silent = await startRawServer((socket) => void socket.resume());
  servers.push(silent);
  const sender = createHttpSender(agent);
  const hanging = { ...request(`https://127.0.0.1:${silent.port}/`), timeoutMs: 200 };
  expect((await sender.send(hanging, never)).failure?.outcome).toBe('timeout');
  expect(agent.open()).toBe(0);
  await until('the receiver sees it closed', () => silent.openSockets() === 0, 5);
});

test('nothing is left of an origin when its connections are closed', async () => {
  await startServers(5);
  const sender = createHttpSender(agent);
  for (const { url } of servers) await sender.send(request(url), never);
  expect(agent.open()).toBe(3);
  await until('no connection is left', () => agent.open() === 0);
}, 10_000);

test('a request that undici would start a second time is not sent again', async () => {
  const aborted: (Error | undefined)[] = [];
  const controller = (): Dispatcher.DispatchController =>
    ({ abort: (reason: Error) => aborted.push(reason) }) as unknown as Dispatcher.DispatchController;
  let handler: Dispatcher.DispatchHandler = {};
  const dispatch = (_options: unknown, given: Dispatcher.DispatchHandler): boolean => {
    handler = given;
    return true;
  };
  sendOnce(
    { dispatcher: { dispatch }, mayKeep: true, destroy: () => undefined },
    { url: 'http://a.example/', method: 'POST', headers: {}, body: '' },
  );

  handler.onRequestStart?.(controller(), {});
  expect(aborted).toEqual([]);
  handler.onRequestStart?.(controller(), {});
  expect(aborted).toEqual([new Error('The request was sent before.')]);
});
