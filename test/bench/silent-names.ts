// A DNS server on loopback that answers about some names and is silent about all others.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** A question's name (RFC 1035, 4.1.2), and where the question ends. */
function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** The root of the question, class IN, no time to live (so every request asks), and 127.0.0.1. */
const loopbackRecord = Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1]);

export async function startSilentNames(isAnswered: (name: string) => boolean) {
  const socket = createSocket('udp4');
  const asked = new Set<string>();
  socket.on('message', (query, { port, address }) => {
    const { name, type, end } = readQuestion(query);
    asked.add(name);
    if (!isAnswered(name)) return;
    const hasRecord = type === 1;
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(0x8180, 2); // an answer, recursion available, no error
    head.writeUInt16BE(hasRecord ? 1 : 0, 6);
    head.writeUInt16BE(0, 10); // nothing additional, which drops the query's EDNS
    socket.send(
      Buffer.concat([head, query.subarray(12, end), ...(hasRecord ? [loopbackRecord] : [])]),
      port,
      address,
    );
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    async stop(): Promise<void> {
      socket.close();
      await once(socket, 'close');
    },
  };
}
