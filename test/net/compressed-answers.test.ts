// Answers that come compressed although nobody asked: 16 KiB are kept of what they hold, at a bounded cost.
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { HttpAgent } from '../../src/net/guarded-agent.ts';
import { flood } from './hostile-answers.ts';
import { createLocalAgent, exchangeWith } from './local-agent.ts';
import { onRequest, startRawServer, type RawServer } from './raw-server.ts';

let agent: HttpAgent;
let server: RawServer;

beforeEach(() => {
  agent = createLocalAgent();
});
afterEach(async () => {
  await agent.destroy();
  await server.stop();
});

const head = (encoding: string, length: string) =>
  `HTTP/1.1 500 No\r\ncontent-encoding: ${encoding}\r\n${length}\r\n\r\n`;

async function answered(serve: (socket: Socket, request: string) => void, timeoutMs = 5_000) {
  server = await startRawServer((socket) => onRequest(socket, (request) => serve(socket, request)));
  const { response, failure, durationMs } = await exchangeWith(agent, { url: server.url, timeoutMs });
  return { failure, durationMs, truncated: response?.truncated, body: Buffer.from(response?.body ?? []) };
}

const whole = (encoding: string, body: Buffer) => (socket: Socket) => {
  socket.write(head(encoding, `content-length: ${body.length}`));
  socket.write(body);
};

test('no compression is asked for', async () => {
  let seen = '';
  await answered((socket, request) => {
    seen = request;
    socket.end('HTTP/1.1 200 OK\r\n\r\n');
  });
  expect(seen).toMatch(/\r\naccept-encoding: identity\r\n/);
});

const text = Buffer.from('{"error":"no such order ✓"}');
const compressions = [
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['GZIP', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
] as const;

describe.each(compressions)('A %s body', (encoding, compress) => {
  test('is kept as what it holds', async () => {
    const { body, truncated, failure } = await answered(whole(encoding, compress(text)));
    expect([body.toString(), truncated, failure]).toEqual([text.toString(), false, null]);
  });

  test('of exactly 16 KiB is whole', async () => {
    const noise = randomBytes(16_384);
    const { body, truncated } = await answered(whole(encoding, compress(noise)));
    expect([body.equals(noise), truncated]).toEqual([true, false]);
  });

  test('that is a bomb is cut at 16 KiB', async () => {
    const bomb = compress(Buffer.alloc(32 * 1024 * 1024));
    const { body, truncated, failure } = await answered(whole(encoding, bomb));
    expect(failure).toBeNull();
    expect([body.equals(Buffer.alloc(16_384)), truncated]).toEqual([true, true]);
  });

  test('that never ends is enough when 16 KiB have come of it', async () => {
    const { body, truncated, failure, durationMs } = await answered((socket) => {
      socket.write(head(encoding, 'transfer-encoding: chunked'));
      const bytes = compress(randomBytes(20_000));
      socket.write(`${bytes.length.toString(16)}\r\n`);
      socket.write(bytes);
    });
    expect([body.length, truncated, failure]).toEqual([16_384, true, null]);
    expect(durationMs).toBeLessThan(2_000);
  });

  test('that breaks off is kept as far as it could be read', async () => {
    const lines = Buffer.from(Array.from({ length: 2_000 }, (_, at) => `line ${at * 7919}\n`).join(''));
    const bytes = compress(lines.subarray(0, 16_000));
    const { body, truncated, failure } = await answered((socket) => {
      socket.write(head(encoding, `content-length: ${bytes.length}`));
      socket.write(bytes.subarray(0, bytes.length - 100));
      setTimeout(() => socket.resetAndDestroy(), 50);
    });
    expect([failure?.outcome, truncated]).toEqual(['connect_error', true]);
    expect(body.length).toBeGreaterThan(1_000);
    expect(body.equals(lines.subarray(0, body.length))).toBe(true);
  });
});

test('an encoded body that stops short of its end, in an answer that does not, says that there was more', async () => {
  const bytes = gzipSync(text);
  const { body, truncated, failure } = await answered(whole('gzip', bytes.subarray(0, bytes.length - 4)));
  expect([body.toString(), truncated, failure]).toEqual([text.toString(), true, null]);
});

test.each(['gzip', 'deflate', 'br'])(
  'a body that is not %s though it says so is kept as it came',
  async (name) => {
    const plain = Buffer.from('<html>\xff\xff not what it says'.repeat(3), 'latin1');
    const { body, truncated, failure } = await answered(whole(name, plain));
    expect([body.equals(plain), truncated, failure]).toEqual([true, false, null]);
  },
);

test('one whose checksum is wrong is kept as it came', async () => {
  const bytes = gzipSync(text);
  bytes.writeUInt32LE(7, bytes.length - 8);
  const { body, truncated } = await answered(whole('gzip', bytes));
  expect([body.equals(bytes), truncated]).toEqual([true, false]);
});

test.each(['zstd', 'compress', 'gzip, br', 'gzip;q=1', 'none'])(
  'the first 16 KiB of an unknown encoding, %s, are kept as they came',
  async (name) => {
    const noise = randomBytes(20_000);
    const { body, truncated } = await answered(whole(name, noise));
    expect([body.equals(noise.subarray(0, 16_384)), truncated]).toEqual([true, true]);
  },
);

test('a broken encoding without end is cut like any body', async () => {
  const { body, truncated, durationMs } = await answered((socket) => {
    socket.write(head('gzip', 'connection: close'));
    flood('x')(socket);
  });
  expect([body.toString(), truncated]).toEqual(['x'.repeat(16_384), true]);
  expect(durationMs).toBeLessThan(2_000);
});

test('a compressed body that holds nothing and never ends is cut off', async () => {
  const { truncated, failure, durationMs } = await answered((socket) => {
    socket.write(head('deflate', 'connection: close'));
    // Stored blocks of no bytes, none of them the last.
    socket.write(Buffer.from('789c', 'hex'));
    flood('\0\0\0\xff\xff')(socket);
  }, 60_000);
  expect([truncated, failure]).toEqual([true, null]);
  expect(durationMs).toBeLessThan(2_000);
});
