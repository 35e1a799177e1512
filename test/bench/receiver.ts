// The customers' servers of a benchmark, by the path they are called at: one answers at once and remembers when each event
// came first, one fails, and one never answers.
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerQuestions } from './child.ts';

const received = new Map<string, number>();
const hanging = new Set<ServerResponse>();
const server = createServer((request, response) => {
  request.resume();
  if (request.url === '/hanging') hanging.add(response);
  else if (request.url === '/failing') response.writeHead(500).end();
  else {
    const id = String(request.headers['ringback-event-id'] ?? request.headers['x-event-id']);
    if (!received.has(id)) received.set(id, Date.now());
    response.writeHead(200).end();
  }
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

answerQuestions({
  origin: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  count: () => received.size,
  times: () => Object.fromEntries(received),
  forget: () => {
    received.clear();
    for (const response of hanging) response.writeHead(200).end();
    hanging.clear();
  },
});
