import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export type ReceivedPost = { path: string; headers: IncomingHttpHeaders; body: string; answered: number };

/** A customer's application in miniature: a real server on loopback that fails as often as it is told to. */
export async function startDemoReceiver() {
  const posts: ReceivedPost[] = [];
  let failuresLeft = 0;
  let heard: () => void = () => undefined;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answered = failuresLeft > 0 ? 503 : 200;
      if (failuresLeft > 0) failuresLeft -= 1;
      response.writeHead(answered, { 'content-type': 'text/plain' });
      response.end(answered === 200 ? 'thank you' : 'not now');
      posts.push({
        path: request.url ?? '/',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        answered,
      });
      heard();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/callbacks`,
    failNext: (count: number) => {
      failuresLeft = count;
    },
    /** The next POST that nobody has taken yet. */
    async next(): Promise<ReceivedPost> {
      for (;;) {
        const post = posts.shift();
        if (post) return post;
        await new Promise<void>((resolve) => (heard = resolve));
      }
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export type DemoReceiver = Awaited<ReturnType<typeof startDemoReceiver>>;
