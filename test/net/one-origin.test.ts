// Many callbacks on one host, an API gateway for instance: what one of them suffers from is no other's trouble, and an
// attempt never waits for a connection while its clock runs.
import { createEgressPolicy } from '../../src/net/egress-policy.ts';
import { createGuardedAgent, type HttpAgent } from '../../src/net/guarded-agent.ts';
import { createHttpSender } from '../../src/net/http-sender.ts';
import { until } from '../support/until.ts';
import { ok, onRequest, startRawServer, type RawServer } from './raw-server.ts';

let agent: HttpAgent;
let server: RawServer;
let release: (() => void)[];

beforeEach(async () => {
  agent = createGuardedAgent(createEgressPolicy({ allow: ['127.0.0.0/8'], allowHttp: true }));
  release = [];
  server = await startRawServer((socket) =>
    onRequest(socket, (request) => {
      const answer = (): boolean => socket.write(ok);
      if (request.startsWith('POST /hang')) release.push(answer);
      else answer();
    }),
  );
});
afterEach(async () => {
  await agent.destroy();
  await server.stop();
});

const never = new AbortController().signal;

/** One request of each of `owners`, in turn, until `count` are under way. */
function sendMany(count: number, owners: readonly string[], path: string, timeoutMs: number) {
  const sender = createHttpSender(agent);
  return Array.from({ length: count }, (_, at) =>
    sender.send(
      {
        owner: owners[at % owners.length] ?? '',
        method: 'POST',
        url: new URL(path, server.url).href,
        headers: {},
        body: '{}',
        timeoutMs,
      },
      never,
    ),
  );
}

test('a healthy callback is answered while five others on its host hang with all that they may have under way', async () => {
  const hanging = sendMany(80, ['a', 'b', 'c', 'd', 'e'], '/hang', 60_000);
  await until('all of them hang', () => release.length === 80, 20);

  const answered = await Promise.all(sendMany(60, ['healthy'], '/ok', 20_000));

  expect(answered.filter(({ response }) => response?.status === 200)).toHaveLength(60);
  for (const answer of release) answer();
  expect((await Promise.all(hanging)).every(({ response }) => response?.status === 200)).toBe(true);
}, 60_000);

test('300 of one callback are under way at once where it allows them: none waits here while its clock runs', async () => {
  const sent = sendMany(300, ['eager'], '/hang', 20_000);
  // It lets go only when all have come: with a place too few, all would time out.
  await until('all have arrived', () => release.length === 300, 15);
  for (const answer of release) answer();

  expect((await Promise.all(sent)).filter(({ response }) => response?.status === 200)).toHaveLength(300);
}, 60_000);

test('the connections of one callback are used for no other', async () => {
  const one = () => sendMany(1, ['one'], '/ok', 5_000)[0];
  const other = () => sendMany(1, ['other'], '/ok', 5_000)[0];
  for (const send of [one, other, one, other]) {
    await send();
    // undici counts a connection as free one turn after the end of its answer.
    await new Promise(setImmediate);
  }
  expect(server.connections()).toBe(2);
});
