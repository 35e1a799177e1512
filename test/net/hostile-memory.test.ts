// The memory of a worker whose receivers are all hostile: it is the same after 200 exchanges as before them.
import type { Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { pause, until } from '../support/until.ts';
import {
  chunked,
  continued,
  drip,
  flood,
  interim,
  nothing,
  sayAndEnd,
  sayAndReset,
  sayThen,
} from './hostile-answers.ts';
import { createLocalAgent, exchangeWith } from './local-agent.ts';
import { onRequest, startRawServer } from './raw-server.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const zeros = Buffer.alloc(10 * 1024 * 1024);
const bombs = { gzip: gzipSync(zeros), deflate: deflateSync(zeros), br: brotliCompressSync(zeros) };

const bomb = (encoding: keyof typeof bombs) => (socket: Socket) => {
  const body = bombs[encoding];
  socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: ${encoding}\r\ncontent-length: ${body.length}\r\n\r\n`);
  socket.write(body);
};

const hostile: readonly ((socket: Socket) => void)[] = [
  nothing,
  bomb('gzip'),
  bomb('deflate'),
  bomb('br'),
  drip('\r\n'),
  flood(interim),
  flood(continued),
  flood('\r\n'),
  sayThen(chunked, flood('5\r\nhello\r\n')),
  sayThen(chunked, drip('1\r\nx\r\n')),
  sayThen(`${chunked}1`, flood(';a=b')),
  sayThen('HTTP/1.1 200 OK\r\n', flood('x-a: b\r\n')),
  sayThen('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n', nothing),
  sayAndReset('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nhi'),
  sayAndEnd('HTTP/1.1 20'),
  sayAndEnd('no HTTP at all\r\n\r\n'),
];

async function usedBytes(): Promise<number> {
  // What is closed is let go a few turns later.
  await pause(200);
  collectGarbage();
  await pause(50);
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test('200 exchanges with hostile receivers leave nothing behind, neither memory nor connections', async () => {
  const agent = createLocalAgent();
  let next = 0;
  const server = await startRawServer((socket) =>
    onRequest(socket, () => hostile[next++ % hostile.length]?.(socket)),
  );
  const attack = async (count: number): Promise<void> => {
    for (let made = 0; made < count; made += 20)
      await Promise.all(
        Array.from({ length: 20 }, async () => {
          const { durationMs, response } = await exchangeWith(agent, { url: server.url, timeoutMs: 300 });
          expect(durationMs).toBeLessThan(2_500);
          expect(response?.body.length ?? 0).toBeLessThanOrEqual(16 * 1024);
        }),
      );
  };

  // What is compiled and cached once is not what is looked for.
  await attack(60);
  const before = await usedBytes();
  await attack(200);
  const grown = (await usedBytes()) - before;

  expect(grown).toBeLessThan(2 * 1024 * 1024);
  // Some ended well, and their connections wait a second for another request.
  await until('every connection is closed', () => server.openSockets() === 0, 5);
  await agent.destroy();
  await server.stop();
}, 60_000);
