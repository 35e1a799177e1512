import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Received = {
  id: string;
  status: string;
  sequence: number;
  eventId: string;
  headers: IncomingHttpHeaders;
  body: string;
  answered: number;
};

/** A customer's server on loopback: `answer` decides each response's status, everything that comes is kept. */
export async function startRecordingReceiver(
  answer: (post: Omit<Received, 'answered'>) => number | Promise<number>,
) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void (async () => {
        const body = Buffer.concat(chunks).toString('utf8');
        const { id, status } = JSON.parse(body) as { id: string; status: string };
        const { headers } = request;
        const post = {
          id,
          status,
          sequence: Number(headers['ringback-sequence']),
          eventId: String(headers['ringback-event-id']),
          headers,
          body,
        };
        const answered = await answer(post);
        received.push({ ...post, answered });
        response.writeHead(answered).end();
      })();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/callbacks`,
    received,
    delivered: () => received.filter(({ answered }) => answered === 200),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export type RecordingReceiver = Awaited<ReturnType<typeof startRecordingReceiver>>;

/** The receivers of a test file, to be stopped together. */
export function createReceivers() {
  const all: RecordingReceiver[] = [];
  return {
    async that(answer: Parameters<typeof startRecordingReceiver>[0]): Promise<RecordingReceiver> {
      const receiver = await startRecordingReceiver(answer);
      all.push(receiver);
      return receiver;
    },
    stop: () => Promise.all(all.map((receiver) => receiver.stop())),
  };
}
