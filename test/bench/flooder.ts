// The bad callers of a benchmark, in a process of their own: floods of refusals, and connections that are held open.
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { answerQuestions } from './child.ts';

export type Flood = 'wrong secret' | 'no such service' | 'forged JWT' | 'no credential' | 'refused webhook';
type Bad = { path: string; method: string; authorization?: string };

const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const forged = (iss: string): string =>
  `${base64({ typ: 'JWT', alg: 'HS256' })}.${base64({ iss, iat: Math.floor(Date.now() / 1000) })}.${base64({})}`;
const path = '/v1/notifications';
const bads: Record<Flood, (serviceId: string) => Bad> = {
  'wrong secret': (id) => ({ path, method: 'POST', authorization: `Bearer x-${id}-${randomUUID()}` }),
  'no such service': () => ({
    path,
    method: 'POST',
    authorization: `Bearer x-${randomUUID()}-${randomUUID()}`,
  }),
  'forged JWT': (id) => ({ path, method: 'GET', authorization: `Bearer ${forged(id)}` }),
  'no credential': () => ({ path, method: 'POST' }),
  'refused webhook': () => ({
    path: '/v1/providers/mmg/status',
    method: 'POST',
    authorization: `Basic ${randomUUID()}`,
  }),
};

let isOn = false;
let answered: Record<number, number> = {};
let running: Promise<void[]> = Promise.resolve([]);
let held: Socket[] = [];

function once(url: URL, agent: Agent, { path: pathname, method, authorization }: Bad): Promise<void> {
  return new Promise((resolve) => {
    const headers = {
      ...(authorization !== undefined && { authorization }),
      'content-type': 'application/json',
    };
    const sent = request({ host: url.hostname, port: url.port, path: pathname, method, headers, agent });
    sent.on('error', () => resolve());
    sent.on('response', (response) => {
      const { statusCode = 0 } = response;
      answered[statusCode] = (answered[statusCode] ?? 0) + 1;
      response.resume().on('close', resolve);
    });
    sent.end(method === 'POST' ? '{}' : undefined);
  });
}

answerQuestions({
  start({
    url,
    flood,
    callers,
    serviceId,
  }: {
    url: string;
    flood: Flood;
    callers: number;
    serviceId: string;
  }) {
    isOn = true;
    answered = {};
    const agent = new Agent({ keepAlive: true, maxSockets: callers });
    const loop = async (): Promise<void> => {
      while (isOn) await once(new URL(url), agent, bads[flood](serviceId));
    };
    running = Promise.all(Array.from({ length: callers }, loop)).finally(() => agent.destroy());
  },
  async stop() {
    isOn = false;
    await running;
    return answered;
  },
  /** Opens connections that each send `bytes`, and leaves them as they are. */
  async hold({ url, count, bytes }: { url: string; count: number; bytes: string }) {
    const { hostname, port } = new URL(url);
    for (let index = 0; index < count; index += 1) {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.resume();
      held.push(socket);
      await new Promise((resolve) => {
        socket.once('connect', () => socket.write(bytes, resolve));
        socket.once('close', resolve);
      });
    }
  },
  open: () => held.filter(({ closed }) => !closed).length,
  letGo() {
    for (const socket of held) socket.destroy();
    held = [];
  },
});
