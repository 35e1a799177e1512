import { Buffer } from 'node:buffer';
import { createSocket } from 'node:dgram';
import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import ipaddr from 'ipaddr.js';

const typeCodes = { ipv4: 1, ipv6: 28 };

/** The first question's name and type, and where it ends (RFC 1035, 4.1.2). */
function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function record(address: string, type: number): Buffer {
  const data = Buffer.from(ipaddr.parse(address).toByteArray());
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0); // the question's name
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4); // class IN; the time to live stays 0, so that nobody keeps an answer
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

/**
 * A name server of its own on UDP. `answers` gives a name's addresses for the nth time, from 1, that one kind of them is
 * asked for; `resolve` asks it for both kinds, without the system's resolver.
 */
export async function startDnsServer(answers: (name: string, time: number) => string[]) {
  const socket = createSocket('udp4');
  const asked = new Map<string, number>();
  socket.on('message', (query, { port, address: from }) => {
    const { name, type, end } = readQuestion(query);
    const time = (asked.get(`${name}/${type}`) ?? 0) + 1;
    asked.set(`${name}/${type}`, time);
    const found = answers(name, time).filter((each) => typeCodes[ipaddr.parse(each).kind()] === type);
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(0x8180, 2); // an answer, recursion available, no error
    head.writeUInt16BE(found.length, 6);
    head.writeUInt16BE(0, 10); // nothing additional, which drops the query's EDNS
    socket.send(
      Buffer.concat([head, query.subarray(12, end), ...found.map((each) => record(each, type))]),
      port,
      from,
    );
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);

  return {
    timesAsked: (name: string) => asked.get(`${name}/${typeCodes.ipv4}`) ?? 0,
    resolve: async (name: string): Promise<LookupAddress[]> => {
      const [v4, v6] = await Promise.all([
        resolver.resolve4(name).catch(() => []),
        resolver.resolve6(name).catch(() => []),
      ]);
      return [
        ...v4.map((address) => ({ address, family: 4 })),
        ...v6.map((address) => ({ address, family: 6 })),
      ];
    },
    async stop() {
      resolver.cancel();
      socket.close();
      await once(socket, 'close');
    },
  };
}
export type DnsServer = Awaited<ReturnType<typeof startDnsServer>>;
