import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A receiver that answers 200, closes, and keeps the headers of what it was sent; `connections` counts even silent ones. */
export async function startCountingReceiver(host: string, port = 0) {
  const seen: IncomingHttpHeaders[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    seen.push(request.headers);
    // Else the next attempt would go out on the same connection, without resolving anything.
    response.setHeader('connection', 'close');
    response.end('ok');
  });
  server.on('connection', () => (connections += 1));
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    connections: () => connections,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
export type CountingReceiver = Awaited<ReturnType<typeof startCountingReceiver>>;
