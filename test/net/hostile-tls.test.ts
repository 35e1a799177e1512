// A TLS connection that fails, at each stage of it.
import type { Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions, type TLSSocket } from 'node:tls';
import type { HttpAgent } from '../../src/net/guarded-agent.ts';
import { describeFailure } from '../../src/net/describe-failure.ts';
import { fixture } from '../support/fixture.ts';
import { createLocalAgent, exchangeWith } from './local-agent.ts';
import { ok, onRequest, startRawServer } from './raw-server.ts';

let agent: HttpAgent;
let stop: () => Promise<unknown>;

beforeEach(() => {
  agent = createLocalAgent();
});
afterEach(async () => {
  await agent.destroy();
  await stop();
});

/** A receiver below TLS: `serve` is called with the socket when the ClientHello has come. */
async function onClientHello(serve: (socket: Socket) => void): Promise<string> {
  const server = await startRawServer((socket) => socket.once('data', () => serve(socket)));
  stop = () => server.stop();
  return `https://127.0.0.1:${server.port}/`;
}

/** `below` is the socket that carries the secure one. */
async function behindTls(
  options: TlsOptions,
  serve: (socket: TLSSocket, below: Socket) => void,
): Promise<string> {
  let below: Socket;
  const tls = createTlsServer(options, (socket) => {
    socket.on('error', () => undefined);
    serve(socket, below);
  });
  const server = await startRawServer((socket) => {
    below = socket;
    tls.emit('connection', socket);
  });
  stop = () => server.stop();
  return `https://127.0.0.1:${server.port}/`;
}

const identity = (name: string) => ({ key: fixture(`tls/${name}.pem`), cert: fixture(`tls/${name}.pem`) });
const answering = (socket: TLSSocket): void => onRequest(socket, () => socket.write(ok));

describe('Below TLS, after the ClientHello:', () => {
  test.each<[string, (socket: Socket) => void, string]>([
    [
      'an answer in plain text is not TLS',
      (socket) => socket.end('HTTP/1.1 400 Bad\r\n\r\n'),
      'what came is not TLS (ERR_SSL_WRONG_VERSION_NUMBER)',
    ],
    [
      'a reset is one in the handshake',
      (socket) => socket.resetAndDestroy(),
      'the receiver closed the connection during the TLS handshake',
    ],
    [
      'so is a close',
      (socket) => socket.end(),
      'the receiver closed the connection during the TLS handshake',
    ],
    [
      'so is a reset in the middle of the ServerHello',
      (socket) => {
        socket.write(Buffer.from('160303007a0200', 'hex'));
        setTimeout(() => socket.resetAndDestroy(), 30);
      },
      'the receiver closed the connection during the TLS handshake',
    ],
    [
      'an alert names the version',
      (socket) => socket.end(Buffer.from('15030300020246', 'hex')),
      'the receiver does not speak TLS 1.2 or later (ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION)',
    ],
  ])('%s', async (_what, serve, reason) => {
    const { failure, durationMs } = await exchangeWith(agent, { url: await onClientHello(serve) });
    expect(failure).toEqual({ outcome: 'tls_error', reason: `The secure connection failed: ${reason}.` });
    expect(durationMs).toBeLessThan(2_000);
  });

  test.each<[string, (socket: Socket) => void]>([
    ['silence', () => undefined],
    [
      'a handshake that drips',
      (socket) => {
        const timer = setInterval(() => socket.write(Buffer.from('16', 'hex')), 400);
        socket.on('close', () => clearInterval(timer));
      },
    ],
  ])('%s is given up at the deadline, as no connection', async (_what, serve) => {
    const url = await onClientHello(serve);
    const { failure, durationMs } = await exchangeWith(agent, { url, timeoutMs: 300 });
    expect(failure).toEqual({ outcome: 'timeout', reason: 'No connection within 0.3 seconds.' });
    expect(durationMs).toBeLessThan(1_500);
  });
});

describe('A certificate', () => {
  test.each([
    ['that has expired', identity('expired'), 'the certificate has expired (CERT_HAS_EXPIRED)'],
    [
      'for another host',
      identity('wrong-host'),
      'the certificate is for another host name (ERR_TLS_CERT_ALTNAME_INVALID)',
    ],
    [
      'that is self-signed',
      { key: fixture('self-signed.pem'), cert: fixture('self-signed.pem') },
      'the certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT)',
    ],
  ])('%s is refused before anything is sent', async (_what, options, reason) => {
    let received = 0;
    const url = await behindTls(options, (socket) => socket.on('data', () => (received += 1)));
    const { failure, response } = await exchangeWith(agent, { url });
    expect(failure).toEqual({ outcome: 'tls_error', reason: `The secure connection failed: ${reason}.` });
    expect([response, received]).toEqual([null, 0]);
  });

  test('that is in order is accepted', async () => {
    const url = await behindTls(identity('trusted'), answering);
    expect(await exchangeWith(agent, { url })).toMatchObject({ failure: null, response: { status: 200 } });
  });
});

test('a receiver that speaks no TLS after 1.1 is told as one', async () => {
  const url = await behindTls(
    {
      ...identity('trusted'),
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    },
    answering,
  );
  const { failure } = await exchangeWith(agent, { url });
  expect(failure?.outcome).toBe('tls_error');
  expect(failure?.reason).toContain('does not speak TLS 1.2 or later');
});

describe('Once the connection is secure,', () => {
  test('a reset is one of the exchange', async () => {
    const url = await behindTls(identity('trusted'), (socket, below) =>
      onRequest(socket, () => below.resetAndDestroy()),
    );
    expect((await exchangeWith(agent, { url })).failure).toEqual({
      outcome: 'connect_error',
      reason: 'The exchange failed: the receiver closed the connection before it answered.',
    });
  });

  test('silence is no complete answer', async () => {
    const url = await behindTls(identity('trusted'), () => undefined);
    expect((await exchangeWith(agent, { url, timeoutMs: 500 })).failure).toEqual({
      outcome: 'timeout',
      reason: 'No complete answer within 0.5 seconds.',
    });
  });

  test('an alert for want of a client certificate, which comes that late in TLS 1.3, is told as one', () => {
    const alert = { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' };
    const context = { isTls: true, isSent: true, hasAnswered: false, timeoutMs: 1_000 };
    expect(describeFailure(alert, context)).toEqual({
      outcome: 'tls_error',
      reason: `The secure connection failed: the receiver asks for a client certificate (${alert.code}).`,
    });
  });
});
