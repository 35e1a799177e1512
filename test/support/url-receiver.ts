import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Called = {
  method: string;
  /** Path and query, as they stood in the request. */
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
  answered: number;
};

/** A customer's server for callbacks that say everything in their URL: `answer` decides each response's status. */
export async function startUrlReceiver(
  answer: (call: Omit<Called, 'answered'>) => number | Promise<number>,
  /** The body of every response. */
  said = '',
) {
  const called: Called[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void (async () => {
        const { method = '', url = '', headers } = request;
        const call = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
        const answered = await answer(call);
        called.push({ ...call, answered });
        response.writeHead(answered).end(said);
      })();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    called,
    /** The calls that were answered with 200, in their order. */
    taken: () => called.filter(({ answered }) => answered === 200),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export type UrlReceiver = Awaited<ReturnType<typeof startUrlReceiver>>;
