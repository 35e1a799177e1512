// Receivers that misbehave, on real sockets: each exchange ends in time, under the right word.
import type { Socket } from 'node:net';
import type { HttpAgent } from '../../src/net/guarded-agent.ts';
import { judgeExchange } from '../../src/domain/attempt.ts';
import * as hostile from './hostile-answers.ts';
import { createLocalAgent, exchangeWith } from './local-agent.ts';
import { ok, onRequest, startRawServer, type RawServer } from './raw-server.ts';

let agent: HttpAgent;
let server: RawServer;

beforeEach(() => {
  agent = createLocalAgent();
});
afterEach(async () => {
  await agent.destroy();
  await server.stop();
});

const { chunked, continued, drip, flood, interim, nothing, say, sayAndEnd, sayAndReset, sayThen } = hostile;

async function exchange(serve: (socket: Socket) => void, timeoutMs = 5_000) {
  server = await startRawServer((socket) => onRequest(socket, () => serve(socket)));
  const made = await exchangeWith(agent, { url: server.url, timeoutMs });
  return { ...made, ...judgeExchange(made, (status) => status >= 200 && status < 300) };
}

const toLength = (text: string, length: number) =>
  `HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n${text}`;

describe('A receiver that takes longer than it may is given up at the deadline:', () => {
  test.each<[string, (socket: Socket) => void]>([
    ['it says nothing', nothing],
    ['it drips its status line', sayThen('HTTP/1.1 200 O', drip('K'))],
    ['it drips headers', sayThen('HTTP/1.1 200 OK\r\n', drip('x-a: b\r\n'))],
    ['it drips blank lines', drip('\r\n')],
    ['it drips its body', sayThen(chunked, drip('1\r\nx\r\n'))],
    ['it drips chunk extensions', sayThen(`${chunked}1`, drip(';a=b'))],
    ['it holds back the end of its body', say(toLength('hi', 99))],
    ['it holds back the last chunk', say(`${chunked}2\r\nhi\r\n`)],
    ['it continues and then says nothing', say(continued)],
    ['it hints and then says nothing', say(interim)],
  ])('%s', async (_what, serve) => {
    const { outcome, error, durationMs } = await exchange(serve, 300);
    expect([outcome, error]).toEqual(['timeout', 'No complete answer within 0.3 seconds.']);
    expect(durationMs).toBeGreaterThanOrEqual(290);
    expect(durationMs).toBeLessThan(1_500);
  });
});

const failed = (reason: string) => ['connect_error', `The exchange failed: ${reason}.`];

describe('A receiver that floods is cut off long before the deadline:', () => {
  test.each<[string, (socket: Socket) => void, string]>([
    ['with interim answers', flood(interim), 'interim answers came without end'],
    ['with 100 Continue', flood(continued), 'the answer is without end'],
    ['with blank lines', flood('\r\n'), 'the answer is without end'],
    ['with a status line', sayThen('HTTP/1.1 200 O', flood('K')), 'the answer is without end'],
    ['with chunk extensions', sayThen(`${chunked}1`, flood(';a=b')), 'the answer is without end'],
    [
      'with headers',
      sayThen('HTTP/1.1 200 OK\r\n', flood('x-a: b\r\n')),
      'the response headers are too large',
    ],
    [
      'with one header',
      sayThen('HTTP/1.1 200 OK\r\nx-a: ', flood('b')),
      'the response headers are too large',
    ],
    ['with trailers', sayThen(`${chunked}0\r\n`, flood('x-a: b\r\n')), 'the response headers are too large'],
  ])('%s', async (_what, serve, reason) => {
    const { outcome, error, durationMs } = await exchange(serve, 60_000);
    expect([outcome, error]).toEqual(failed(reason));
    expect(durationMs).toBeLessThan(2_000);
  });

  test('with a body, of which the first 16 KiB are kept: it has been delivered', async () => {
    const { outcome, response } = await exchange(sayThen(chunked, flood('5\r\nhello\r\n')), 60_000);
    expect(outcome).toBe('delivered');
    expect(response).toMatchObject({ status: 200, truncated: true });
    expect(response?.body).toHaveLength(16 * 1024);
  });
});

const broke = 'the receiver closed the connection in the middle of its answer';
const mute = 'the receiver closed the connection before it answered';
const notHttp = 'what came is not an HTTP answer';
const wrongLength = 'the body is not as long as its content-length says';

describe('An answer that is broken is a connection error that says how:', () => {
  test.each<[string, (socket: Socket) => void, string]>([
    ['closed before it', sayAndEnd(''), mute],
    ['reset before it', sayAndReset(''), mute],
    ['closed in the status line', sayAndEnd('HTTP/1.1 20'), mute],
    ['closed in the headers', sayAndEnd('HTTP/1.1 200 OK\r\nx-a'), mute],
    ['closed after 100 Continue', sayAndEnd(continued), mute],
    ['reset in the body', sayAndReset(toLength('hi', 99)), broke],
    ['closed in the body', sayAndEnd(toLength('hi', 99)), broke],
    ['closed between chunks', sayAndEnd(`${chunked}2\r\nhi\r\n`), broke],
    ['too short, on a connection to be closed', sayAndEnd(shut(toLength('hi', 99))), wrongLength],
    ['a garbage status line', say('HTTP/1.1 abc OK\r\n\r\n'), notHttp],
    ['another protocol', say('220 smtp.example ready\r\n'), notHttp],
    ['two lengths', say('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nhi!'), wrongLength],
    ['no chunk size', say(`${chunked}zz\r\nhi\r\n`), notHttp],
    ['a switch of protocols', say('HTTP/1.1 101 X\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'), notHttp],
  ])('%s', async (_what, serve, reason) => {
    const { outcome, error, durationMs } = await exchange(serve);
    expect([outcome, error]).toEqual(failed(reason));
    expect(durationMs).toBeLessThan(2_000);
  });
});

describe('An answer that is odd and yet an answer counts:', () => {
  test.each<[string, (socket: Socket) => void]>([
    ['after a 100 Continue that nobody asked for', say(continued + ok)],
    ['after several, in pieces', pieces(continued + 'HTTP/1.0 100 Go on\r\nx-a: b\r\n\r\n' + ok)],
    ['after early hints', say(interim + interim + ok)],
    ['longer than its content-length', say(`${ok}and more`)],
    ['followed by a second answer', say(`${ok}HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n`)],
    ['ended by closing', sayAndEnd('HTTP/1.1 200 OK\r\n\r\nok')],
    ['and the connection half closed after it', sayAndEnd(ok)],
    ['given before the request was read', say(ok)],
  ])('%s', async (_what, serve) => {
    const { outcome, response } = await exchange(serve);
    expect([outcome, response?.status, Buffer.from(response?.body ?? []).toString()]).toEqual([
      'delivered',
      200,
      'ok',
    ]);
  });
});

test('a second answer in one is never taken for that of the next request', async () => {
  let requests = 0;
  server = await startRawServer((socket) =>
    onRequest(socket, () => {
      requests += 1;
      socket.write(requests === 1 ? `${ok}${ok.replace('200', '201')}` : ok.replace('200', '202'));
    }),
  );
  const { url } = server;
  expect((await exchangeWith(agent, { url })).response?.status).toBe(200);
  expect((await exchangeWith(agent, { url })).response?.status).toBe(202);
  expect(server.connections()).toBe(2);
});

test('headers are kept within bounds, the telling ones first', async () => {
  const many = Array.from({ length: 200 }, (_, at) => `x-${at}: ${'v'.repeat(140)}\r\n`).join('');
  const { response } = await exchange(
    say(
      `HTTP/1.1 503 No\r\n__proto__: a\r\nconstructor: b\r\n${many}retry-after: 7\r\ncontent-length: 0\r\n\r\n`,
    ),
  );
  const headers = response?.headers ?? {};
  expect(headers).toMatchObject({ 'retry-after': '7', constructor: 'b' });
  expect(Object.hasOwn(headers, '__proto__')).toBe(true);
  expect(Object.keys(headers).length).toBeLessThanOrEqual(64);
  expect(JSON.stringify(headers).length).toBeLessThan(8_800);
});

test('a single header is kept no longer than 2 KiB', async () => {
  const { response } = await exchange(
    say(`HTTP/1.1 200 OK\r\nx-long: ${'v'.repeat(20_000)}\r\ncontent-length: 0\r\n\r\n`),
  );
  expect(response?.headers['x-long']).toBe('v'.repeat(2_048));
});

test('a cookie that is set is not sent with the next request, and a redirect is a failure that says so', async () => {
  const requests: string[] = [];
  server = await startRawServer((socket) =>
    onRequest(socket, (request) => {
      requests.push(request);
      socket.write('HTTP/1.1 302 Found\r\nset-cookie: a=b\r\nlocation: /next\r\ncontent-length: 0\r\n\r\n');
    }),
  );
  const { url } = server;
  const first = await exchangeWith(agent, { url });
  await exchangeWith(agent, { url });
  expect(judgeExchange(first, (status) => status === 200)).toEqual({
    outcome: 'http_status',
    error: 'The receiver answered 302; redirects are not followed.',
  });
  expect(requests).toHaveLength(2);
  expect(requests.join('')).not.toMatch(/cookie|\/next/i);
});

/** The same answer on a connection that the receiver announces to close. */
function shut(answer: string): string {
  return answer.replace('\r\n', '\r\nconnection: close\r\n');
}

/** Says `text` byte by byte. */
function pieces(text: string) {
  return (socket: Socket): void => {
    const left = Array.from(text);
    const timer = setInterval(() => {
      const next = left.shift();
      if (next === undefined) clearInterval(timer);
      else socket.write(next);
    }, 1);
  };
}
