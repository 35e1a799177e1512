// The customer's server of a benchmark: answers at once, and remembers when each event came first.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerQuestions } from './child.ts';

const received = new Map<string, number>();
const server = createServer((request, response) => {
  const id = String(request.headers['ringback-event-id'] ?? request.headers['x-event-id']);
  if (!received.has(id)) received.set(id, Date.now());
  request.resume();
  response.writeHead(200).end();
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

answerQuestions({
  url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/callbacks`,
  count: () => received.size,
  times: () => Object.fromEntries(received),
  forget: () => received.clear(),
});
