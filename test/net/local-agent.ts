import { Agent, buildConnector } from 'undici';
import { agentOptions } from '../../src/net/agent-options.ts';
import { guardReads } from '../../src/net/guard-reads.ts';
import { createHttpSender } from '../../src/net/http-sender.ts';
import type { CallbackRequest } from '../../src/ports/index.ts';
import { fixture } from '../support/fixture.ts';

/** Connects as the guarded agent does, but to any address, and trusts the tests' own authority. */
export function createLocalAgent(): Agent {
  const connect = buildConnector({ ca: fixture('tls/authority.pem'), timeout: 120_000 });
  return new Agent({
    ...agentOptions,
    connect: (options, callback) =>
      connect(options, (...result) => {
        if (result[1]) guardReads(result[1]);
        callback(...result);
      }),
  });
}

/** One exchange with the least of a request. */
export function exchangeWith(agent: Agent, request: Partial<CallbackRequest> & { url: string }) {
  return createHttpSender(agent).send(
    { method: 'POST', headers: {}, body: '{}', timeoutMs: 5_000, ...request },
    new AbortController().signal,
  );
}
