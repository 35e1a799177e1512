import { Buffer } from 'node:buffer';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import ipaddr from 'ipaddr.js';
import { createResolver, type NameResolver, type ResolverOptions } from '../../src/net/resolver.ts';

const typeCodes = { ipv4: 1, ipv6: 28 };
const cnameType = 5;

/** Addresses alone have no time to live, so that nobody keeps them; null is no answer at all. */
export type DnsAnswer =
  string[] | { addresses?: string[]; ttl?: number; alias?: string; code?: 'SERVFAIL' | 'NXDOMAIN' } | null;

const codes = { SERVFAIL: 2, NXDOMAIN: 3 };

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

function nameBytes(name: string): Buffer {
  return Buffer.concat([
    ...name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.alloc(1),
  ]);
}

function record(name: Buffer, type: number, ttl: number, data: Buffer): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(1, 2); // class IN
  head.writeUInt32BE(ttl, 4);
  head.writeUInt16BE(data.length, 8);
  return Buffer.concat([name, head, data]);
}

/**
 * A name server of its own on UDP. `answers` says what it knows of a name for the nth time, from 1, that one kind of
 * addresses is asked for; `resolver` asks it and nobody else.
 */
export async function startDnsServer(
  answers: (name: string, time: number, family: number) => DnsAnswer,
  options: ResolverOptions = {},
) {
  const socket = createSocket('udp4');
  const asked = new Map<string, number>();
  let isAway = false;
  socket.on('message', (query, { port, address: from }) => {
    const { name, type, end } = readQuestion(query);
    const time = (asked.get(`${name}/${type}`) ?? 0) + 1;
    asked.set(`${name}/${type}`, time);
    const answer = isAway ? null : answers(name, time, type === typeCodes.ipv4 ? 4 : 6);
    if (answer === null) return;
    const { addresses = [], ttl = 0, alias, code } = Array.isArray(answer) ? { addresses: answer } : answer;
    const found = addresses.filter((each) => typeCodes[ipaddr.parse(each).kind()] === type);
    const question = Buffer.from([0xc0, 0x0c]);
    const owner = alias === undefined ? question : nameBytes(alias);
    const records = [
      ...(alias === undefined ? [] : [record(question, cnameType, ttl, nameBytes(alias))]),
      ...found.map((each) => record(owner, type, ttl, Buffer.from(ipaddr.parse(each).toByteArray()))),
    ];
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(0x8180 + (code === undefined ? 0 : codes[code]), 2); // an answer, recursion available
    head.writeUInt16BE(records.length, 6);
    head.writeUInt16BE(0, 10); // nothing additional, which drops the query's EDNS
    socket.send(Buffer.concat([head, query.subarray(12, end), ...records]), port, from);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const server = `127.0.0.1:${socket.address().port}`;
  const resolver: NameResolver = createResolver({ servers: [server], ...options });

  return {
    server,
    resolver,
    timesAsked: (name: string) => asked.get(`${name}/${typeCodes.ipv4}`) ?? 0,
    /** It takes queries and answers none, or does again. */
    setAway: (away: boolean) => {
      isAway = away;
    },
    async stop() {
      resolver.close();
      socket.close();
      await once(socket, 'close');
    },
  };
}
export type DnsServer = Awaited<ReturnType<typeof startDnsServer>>;
