// Temporal's Web UI lets in everybody and answers any host. In front of it stands this door: for its own host only, so that
// no page of another site gets in by a name that leads here, and for the operator only.
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';

import { isSameSecret } from './is-same-secret.ts';

const host = '127.0.0.1';
const operatorName = 'operator';
// Of one connection, or of this door alone.
const notPassedOn = [
  'host',
  'authorization',
  'connection',
  'keep-alive',
  'upgrade',
  'proxy-authorization',
  'te',
];

export type UiDoor = { url: string; close(): Promise<void> };

export async function openUiDoor(options: {
  port: number;
  /** Origins beside its own at which a proxy of the operator's shows it. */
  origins: readonly string[];
  /** The operator's. */
  password: string;
  /** The port of the UI's own server. */
  uiPort: number;
  /** What the calls that are let in carry as `authorization`. */
  word: string;
}): Promise<UiDoor> {
  const { port, password, uiPort, word } = options;
  const url = `http://${host}:${port}`;
  const origins = new Set([url, `http://localhost:${port}`, ...options.origins]);
  const hosts = new Set([...origins].map((origin) => new URL(origin).host));

  const server = createServer((incoming, answer) => {
    const objection = objectionTo(incoming, { hosts, origins, password });
    if (objection) refuse(incoming, answer, objection);
    else letIn(incoming, answer, uiPort, word);
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    url,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

type Objection = { status: number; message: string };

function objectionTo(
  { headers, method }: IncomingMessage,
  door: { hosts: ReadonlySet<string>; origins: ReadonlySet<string>; password: string },
): Objection | null {
  if (!door.hosts.has(headers.host ?? ''))
    return {
      status: 421,
      message: `This is not ${headers.host ? 'that host' : 'a host without a name'}: open ${[...door.origins][0]} instead.`,
    };
  const isSafe = method === 'GET' || method === 'HEAD';
  const isForeign = headers.origin !== undefined && !door.origins.has(headers.origin);
  if (isForeign || (!isSafe && headers['sec-fetch-site'] === 'cross-site'))
    return { status: 403, message: 'Pages of other sites may not use this UI: open it by itself.' };
  if (!isSameSecret(headers.authorization ?? '', basic(door.password)))
    return {
      status: 401,
      message: `Log in as ${operatorName}, with the admin token as the password.`,
    };
  return null;
}

function basic(password: string): string {
  return `Basic ${Buffer.from(`${operatorName}:${password}`).toString('base64')}`;
}

function refuse(incoming: IncomingMessage, answer: ServerResponse, { status, message }: Objection): void {
  incoming.resume();
  answer.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    ...(status === 401 && { 'www-authenticate': 'Basic realm="Ringback: Temporal", charset="UTF-8"' }),
  });
  answer.end(`${message}\n`);
}

function letIn(incoming: IncomingMessage, answer: ServerResponse, uiPort: number, word: string): void {
  const { method, url, headers } = incoming;
  const passed = Object.entries(headers).filter(([name]) => !notPassedOn.includes(name));
  const inside = request({
    ...{ host, port: uiPort, method, path: url },
    headers: { ...Object.fromEntries(passed), authorization: word },
  });
  inside.on('response', (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
    response.on('error', () => answer.destroy());
  });
  inside.on('error', () => {
    if (answer.headersSent) answer.destroy();
    else
      refuse(incoming, answer, {
        status: 502,
        message: 'The UI does not answer; it is being started again.',
      });
  });
  answer.on('close', () => inside.destroy());
  incoming.pipe(inside);
}
