// Between the Web UI's server and Temporal. That server lets in whoever reaches its port, which any account of the machine
// does, so it has no certificate for Temporal: this gate has, and passes on only calls that carry our word.
import { once } from 'node:events';
import {
  connect,
  constants,
  createServer,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';

import type { TemporalTls } from '../domain/temporal-tls.ts';
import { isSameSecret } from './is-same-secret.ts';

const host = '127.0.0.1';
const unauthenticated = '16';
const unavailable = '14';
// Names of one connection, or ours alone.
const notPassedOn = ['authorization', 'grpcgateway-authorization', 'connection', 'host', ':authority'];

export type UiGate = { address: string; close(): Promise<void> };

export async function openUiGate(options: {
  temporalAddress: string;
  tls: () => Promise<TemporalTls>;
  /** What a call's `authorization` has to be. */
  word: string;
}): Promise<UiGate> {
  const { temporalAddress, tls, word } = options;
  let session: Promise<ClientHttp2Session> | null = null;
  const connected = (): Promise<ClientHttp2Session> => {
    session ??= connectTo(temporalAddress, tls, () => (session = null));
    return session;
  };

  const server = createServer();
  const open = new Set<{ destroy(): void }>();
  server.on('session', (one) => {
    open.add(one);
    one.on('close', () => open.delete(one));
    one.on('error', () => one.destroy());
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => stream.close(constants.NGHTTP2_CANCEL));
    if (!isSameSecret(headers.authorization ?? '', word)) {
      refuse(stream, unauthenticated);
      return;
    }
    connected().then(
      (upstream) => passOn(stream, headers, upstream),
      () => refuse(stream, unavailable),
    );
  });
  server.listen(0, host);
  await once(server, 'listening');
  return {
    address: `${host}:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const one of open) one.destroy();
      (await session?.catch(() => null))?.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function connectTo(
  address: string,
  tls: () => Promise<TemporalTls>,
  forget: () => void,
): Promise<ClientHttp2Session> {
  try {
    const { serverRootCACertificate: ca, clientCertPair, serverNameOverride: servername } = await tls();
    const session = connect(`https://${address}`, {
      ...{ ca, cert: clientCertPair?.crt, key: clientCertPair?.key, servername },
    });
    session.on('close', forget);
    session.on('goaway', forget);
    await once(session, 'connect');
    session.on('error', forget);
    return session;
  } catch (cause) {
    forget();
    throw cause;
  }
}

function passOn(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, session: ClientHttp2Session): void {
  if (session.destroyed) {
    refuse(stream, unavailable);
    return;
  }
  const passed: OutgoingHttpHeaders = { ...headers };
  for (const name of notPassedOn) passed[name] = undefined;
  const upstream = session.request(passed);
  let trailers: IncomingHttpHeaders = {};
  upstream.on('error', () => refuse(stream, unavailable));
  stream.on('close', () => upstream.close(constants.NGHTTP2_CANCEL));
  upstream.on('trailers', (given: IncomingHttpHeaders) => {
    trailers = given;
  });
  upstream.on('response', (answer, flags) => {
    if (stream.destroyed) return;
    const isWhole = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    stream.respond(answer, isWhole ? { endStream: true } : { waitForTrailers: true });
    if (isWhole) return;
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    upstream.pipe(stream);
  });
  stream.pipe(upstream);
}

function refuse(stream: ServerHttp2Stream, status: string): void {
  if (stream.destroyed) return;
  if (stream.headersSent) {
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    return;
  }
  const headers = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': status };
  stream.respond(headers, { endStream: true });
}
