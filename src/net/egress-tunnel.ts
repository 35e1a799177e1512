// CONNECT through an egress proxy. undici's ProxyAgent asks its proxy for the name in the URL, so it cannot be given the
// address that was checked.
import { Buffer } from 'node:buffer';
import { request } from 'node:http';
import { isIPv6, type Socket } from 'node:net';

/** The egress proxy gave no answer, or would not connect. */
export class EgressProxyError extends Error {
  override readonly name = 'EgressProxyError';
}

type Target = { address: string; port: number };

/** A connection by way of `proxy` to the first of `targets` that it can reach. */
export async function openTunnel(
  proxy: URL,
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<Socket> {
  let failure: unknown;
  for (const target of targets) {
    try {
      return await connectTo(proxy, target, signal);
    } catch (cause) {
      failure ??= cause;
    }
  }
  throw failure;
}

function connectTo(proxy: URL, { address, port }: Target, signal: AbortSignal): Promise<Socket> {
  const authority = `${isIPv6(address) ? `[${address}]` : address}:${port}`;
  const credential = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return new Promise((resolve, reject) => {
    const asking = request({
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port === '' ? 80 : proxy.port,
      method: 'CONNECT',
      path: authority,
      headers: {
        host: authority,
        ...(credential !== ':' && {
          'proxy-authorization': `Basic ${Buffer.from(credential).toString('base64')}`,
        }),
      },
      agent: false,
      signal,
    });
    asking.on('connect', ({ statusCode }, socket: Socket) => {
      if (statusCode === 200) {
        resolve(socket);
      } else {
        socket.destroy();
        reject(new EgressProxyError(`the egress proxy answered ${statusCode ?? 0}`));
      }
    });
    asking.on('error', (cause) => reject(new EgressProxyError('the egress proxy gave no answer', { cause })));
    asking.end();
  });
}
