// Connections are kept for the next request, but only so many, and nothing of an origin outlives them.
import type { Agent, Dispatcher } from 'undici';
import { createEgressPolicy } from '../../src/net/egress-policy.ts';
import { createGuardedAgent } from '../../src/net/guarded-agent.ts';
import { createHttpSender } from '../../src/net/http-sender.ts';
import { sendOnce } from '../../src/net/send-once.ts';
import { pause, until } from '../support/until.ts';
import { ok, onRequest, startRawServer, type RawServer } from './raw-server.ts';

let agent: Agent;
let servers: RawServer[];

beforeEach(() => {
  agent = createGuardedAgent(createEgressPolicy({ allow: ['127.0.0.0/8'], allowHttp: true }));
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
  const sender = createHttpSender(agent, { maxIdleConnections: 3 });
  const sendToAll = () => servers.map(({ url }) => sender.send(request(url), never));
  for (const { url } of servers) await sender.send(request(url), never);
  await pause(100);
  expect(openSockets()).toBe(3);
  expect((await Promise.all(sendToAll())).every(({ failure }) => failure === null)).toBe(true);
  await pause(100);
  expect(openSockets()).toBeLessThanOrEqual(3);
});

test('one origin gets at most 64 connections, and what comes beyond waits for one of them', async () => {
  await startServers(1);
  const sender = createHttpSender(agent);
  const url = servers[0]?.url ?? '';
  const sent = await Promise.all(Array.from({ length: 100 }, () => sender.send(request(url), never)));
  expect(sent.filter(({ failure }) => failure !== null)).toEqual([]);
  expect(servers[0]?.connections()).toBeLessThanOrEqual(64);
});

test('nothing is left of an origin when its connections are closed', async () => {
  await startServers(5);
  const sender = createHttpSender(agent);
  for (const { url } of servers) await sender.send(request(url), never);
  expect(Object.keys(agent.stats)).toHaveLength(5);
  await until('no pool is left', () => Object.keys(agent.stats).length === 0);
}, 10_000);

test('a request that undici would start a second time is not sent again', async () => {
  const aborted: (Error | undefined)[] = [];
  const controller = (): Dispatcher.DispatchController =>
    ({ abort: (reason: Error) => aborted.push(reason) }) as unknown as Dispatcher.DispatchController;
  let handler: Dispatcher.DispatchHandler = {};
  const fake = { dispatch: (_options: unknown, given: Dispatcher.DispatchHandler) => (handler = given) };
  sendOnce(fake as unknown as Dispatcher, {
    url: 'http://a.example/',
    method: 'POST',
    headers: {},
    body: '',
    keepAlive: true,
  });

  handler.onRequestStart?.(controller(), {});
  expect(aborted).toEqual([]);
  handler.onRequestStart?.(controller(), {});
  expect(aborted).toEqual([new Error('The request was sent before.')]);
});
