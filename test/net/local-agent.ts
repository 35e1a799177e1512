import { buildConnector } from 'undici';
import { connectToFirst } from '../../src/net/connect-to-first.ts';
import { createConnections } from '../../src/net/connections.ts';
import { guardReads } from '../../src/net/guard-reads.ts';
import type { HttpAgent } from '../../src/net/guarded-agent.ts';
import { createHttpSender } from '../../src/net/http-sender.ts';
import { secureOver } from '../../src/net/secure-over.ts';
import type { CallbackRequest } from '../../src/ports/index.ts';
import { fixture } from '../support/fixture.ts';

/** Connects as the guarded agent does, but to any address, and trusts the tests' own authority. */
export function createLocalAgent(tls: { ca?: string; cert?: string; key?: string } = {}): HttpAgent {
  const secure = buildConnector({ ca: fixture('tls/authority.pem'), timeout: 0, ...tls });
  const connections = createConnections(async (target, { signal, progress }) => {
    const socket = await connectToFirst([{ address: target.hostname, port: Number(target.port) }], signal);
    progress.stage = 'connected';
    return guardReads(
      target.protocol === 'https:' ? await secureOver(secure, target, socket, signal) : socket,
    );
  });
  return { ...connections, judgeFailure: async () => null };
}

/** One exchange with the least of a request. */
export function exchangeWith(agent: HttpAgent, request: Partial<CallbackRequest> & { url: string }) {
  return createHttpSender(agent).send(
    { method: 'POST', headers: {}, body: '{}', timeoutMs: 5_000, ...request },
    new AbortController().signal,
  );
}
