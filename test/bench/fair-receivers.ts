// The customers' servers of `bench:fair`: each can fall silent and be released, and when each event came is remembered.
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Endpoint = { url: string; name: string };

export function createFairReceivers() {
  const servers: Server[] = [];
  const silent = new Set<string>();
  const delays = new Map<string, number>();
  const open: ServerResponse[] = [];
  /** By event id: when it came first, and how often. */
  const arrivals = new Map<string, { atMs: number; times: number }>();

  /** One server, whose endpoints are told apart by their paths. */
  const listen = async (): Promise<string> => {
    const server = createServer((request, response) => {
      const eventId = String(request.headers['ringback-event-id']);
      const known = arrivals.get(eventId);
      if (known) known.times += 1;
      else arrivals.set(eventId, { atMs: performance.now(), times: 1 });
      request.resume();
      const name = (request.url ?? '').slice(1);
      if (silent.has(name)) open.push(response);
      else setTimeout(() => response.writeHead(200).end(), delays.get(name) ?? 0);
    });
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return String((server.address() as AddressInfo).port);
  };

  const endpointsAt = (port: string, names: readonly string[], host = '127.0.0.1'): Endpoint[] =>
    names.map((name) => ({ name, url: `http://${host}:${port}/${name}` }));

  return {
    arrivals,
    /** All on one origin. */
    async onOneOrigin(names: readonly string[], host?: string): Promise<Endpoint[]> {
      return endpointsAt(await listen(), names, host);
    },
    /** Each on an origin of its own. */
    async onTheirOwn(names: readonly string[], host?: string): Promise<Endpoint[]> {
      const all: Endpoint[] = [];
      for (const name of names) all.push(...endpointsAt(await listen(), [name], host));
      return all;
    },
    silence: (names: readonly string[]): void => names.forEach((name) => silent.add(name)),
    delay: (name: string, ms: number): void => void delays.set(name, ms),
    openCount: () => open.length,
    stop(): void {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

export type FairReceivers = ReturnType<typeof createFairReceivers>;
