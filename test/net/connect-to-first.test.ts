// Which of a host's addresses is connected to, and how long each may take.
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { connectToFirst } from '../../src/net/connect-to-first.ts';
import { pause } from '../support/until.ts';
import { startRawServer, type RawServer } from './raw-server.ts';

const never = new AbortController().signal;
// Linux has all of 127.0.0.0/8, others only its first.
const elsewhere = process.platform === 'linux' ? '127.0.0.2' : '::1';

let server: RawServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** A receiver that takes connections only after a while: its line of connections is full. */
async function startSlowReceiver(ms: number) {
  const receiver = new Worker(
    `const { createServer } = require('node:net');
     const { parentPort } = require('node:worker_threads');
     const server = createServer((socket) => socket.resume());
     server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${ms}), 50);
     });`,
    { eval: true },
  );
  const port = await new Promise<number>((resolve) => receiver.once('message', resolve));
  await pause(200);
  const line = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  await pause(100);
  return {
    port,
    async stop() {
      for (const socket of line) socket.destroy();
      await receiver.terminate();
    },
  };
}

test('an address that takes its time is not given up for another one that fails', async () => {
  const slow = await startSlowReceiver(1_500);
  const targets = ['127.0.0.1', elsewhere].map((address) => ({ address, port: slow.port }));

  const socket = await connectToFirst(targets, never);

  expect(socket.remoteAddress).toBe('127.0.0.1');
  socket.destroy();
  await slow.stop();
}, 30_000);

test('while one takes its time, the next is tried, and what comes later is closed', async () => {
  const slow = await startSlowReceiver(1_500);
  server = await startRawServer((socket) => void socket.resume());

  const socket = await connectToFirst(
    [
      { address: '127.0.0.1', port: slow.port },
      { address: '127.0.0.1', port: server.port },
    ],
    never,
  );

  expect(socket.remotePort).toBe(server.port);
  socket.destroy();
  await slow.stop();
}, 30_000);

test('the next is tried at once when one fails, and when all have, the first says why', async () => {
  server = await startRawServer((socket) => void socket.resume());
  const { port } = server;
  const socket = await connectToFirst(
    [
      { address: elsewhere, port },
      { address: '127.0.0.1', port },
    ],
    never,
  );
  expect(socket.remoteAddress).toBe('127.0.0.1');
  socket.destroy();

  const targets = [elsewhere, elsewhere].map((address) => ({ address, port }));
  await expect(connectToFirst(targets, never)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('nothing is left of it when nobody wants it any more', async () => {
  const slow = await startSlowReceiver(1_000);
  const stop = new AbortController();
  const connecting = connectToFirst([{ address: '127.0.0.1', port: slow.port }], stop.signal);
  stop.abort(new Error('too late'));
  await expect(connecting).rejects.toThrow('too late');
  await expect(connectToFirst([{ address: '127.0.0.1', port: slow.port }], stop.signal)).rejects.toThrow(
    'too late',
  );
  await slow.stop();
}, 30_000);
