// CONNECT through an egress proxy. undici's ProxyAgent asks its proxy for the name in the URL, so it cannot be given the
// address that was checked.
import { Buffer } from 'node:buffer';
import { request, type ClientRequest, type RequestOptions } from 'node:http';
import { isIP, isIPv6, type Socket } from 'node:net';
import { connectToFirst, type Target } from './connect-to-first.ts';
import { createLiveness } from './liveness.ts';
import { codeOf, OwnFailure, ownFailureOf } from './own-failure.ts';
import type { NameResolver } from './resolver.ts';

/** The egress proxy says that it cannot, or may not, connect to the target. */
export class TargetRefusedError extends Error {
  override readonly name = 'TargetRefusedError';
  readonly isForbidden: boolean;

  constructor(status: number) {
    super(`the egress proxy answered ${status}`);
    this.isForbidden = forbidden.includes(status);
  }
}

/** The egress proxy closed the connection without an answer; whose fault that is, it alone does not say. */
export class SilentProxyError extends Error {
  override readonly name = 'SilentProxyError';
}

export type EgressTunnel = {
  /** A connection to the first of `targets` that the proxy can reach. */
  open(targets: readonly Target[], signal: AbortSignal): Promise<Socket>;
  /** Whether the proxy answers at all, whatever it says. */
  isAnswering(): Promise<boolean>;
};

const forbidden = [403, 451];
// RFC 9110, 15.6 and 15.5.4: what a proxy says of the target. Everything else it says of itself, or of us.
const unreachable = [502, 503, 504];
const probeTimeoutMs = 2_000;

export function createEgressTunnel(proxy: URL, resolver: NameResolver): EgressTunnel {
  const host = proxy.hostname.replace(/^\[|\]$/g, '');
  const port = proxy.port === '' ? 80 : Number(proxy.port);
  const credential = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;

  const reach = async (signal: AbortSignal): Promise<Socket> => {
    try {
      // It is the operator's, so it may be anywhere.
      const addresses = isIP(host) === 0 ? await resolver.resolve(host) : [{ address: host }];
      return await connectToFirst(
        addresses.map(({ address }) => ({ address, port })),
        signal,
      );
    } catch (cause) {
      if (signal.aborted) throw cause;
      throw new OwnFailure(ownFailureOf(codeOf(cause)) ?? 'proxy', 'the egress proxy cannot be reached', {
        cause,
      });
    }
  };

  const ask = async (options: RequestOptions, signal: AbortSignal): Promise<ClientRequest> => {
    const socket = await reach(signal);
    // It is closed by the server's answer or by the signal: `agent: false` would look up the name once more.
    return request({ ...options, host, port, createConnection: () => socket, signal });
  };

  const liveness = createLiveness(async () => {
    const signal = AbortSignal.timeout(probeTimeoutMs);
    const asking = await ask({ method: 'OPTIONS', path: '*' }, signal);
    return new Promise((resolve) => {
      asking.on('response', (response) => {
        response.destroy();
        resolve(true);
      });
      // It is there to close the connection, or to say what is not HTTP.
      asking.on('error', () => resolve(!signal.aborted));
      asking.end();
    });
  });

  const connectTo = async ({ address, port: targetPort }: Target, signal: AbortSignal): Promise<Socket> => {
    const authority = `${isIPv6(address) ? `[${address}]` : address}:${targetPort}`;
    const headers = {
      host: authority,
      ...(credential !== ':' && {
        'proxy-authorization': `Basic ${Buffer.from(credential).toString('base64')}`,
      }),
    };
    const asking = await ask({ method: 'CONNECT', path: authority, headers }, signal);
    return new Promise((resolve, reject) => {
      const refused = (status: number): void => {
        const isOfTarget = forbidden.includes(status) || unreachable.includes(status);
        if (isOfTarget) liveness.answered();
        reject(
          isOfTarget
            ? new TargetRefusedError(status)
            : new OwnFailure('proxy', `the egress proxy answered ${status}`),
        );
      };
      asking.on('connect', ({ statusCode = 0 }, socket: Socket) => {
        if (statusCode < 200 || statusCode >= 300) {
          socket.destroy();
          refused(statusCode);
          return;
        }
        liveness.answered();
        resolve(socket);
      });
      asking.on('response', (response) => {
        response.destroy();
        refused(response.statusCode ?? 0);
      });
      asking.on('error', (cause) => {
        const isGarbage = codeOf(cause).startsWith('HPE_');
        reject(
          isGarbage
            ? new OwnFailure('proxy', 'what the egress proxy answered is not HTTP', { cause })
            : new SilentProxyError('the egress proxy gave no answer', { cause }),
        );
      });
      asking.end();
    });
  };

  return {
    async open(targets, signal) {
      let failure: unknown;
      for (const target of targets) {
        try {
          return await connectTo(target, signal);
        } catch (cause) {
          if (signal.aborted || cause instanceof OwnFailure) throw cause;
          failure ??= cause;
        }
      }
      throw failure;
    },
    isAnswering: () => liveness.isAlive(performance.now()),
  };
}
