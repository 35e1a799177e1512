import type { LookupAddress } from 'node:dns';
import { lookup as dnsLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { agentOptions } from './agent-options.ts';
import type { EgressPolicy } from './egress-policy.ts';
import { openTunnel } from './egress-tunnel.ts';
import { guardReads } from './guard-reads.ts';

/** The connection was not made because its address may not be reached. */
export class RefusedAddressError extends Error {
  override readonly name = 'RefusedAddressError';
}

type Options = {
  connectTimeoutMs?: number;
  /** Where connections are made through, `http://host:port`; it is the operator's, so it may be anywhere. */
  proxy?: string | undefined;
  /** What the receiver is shown in the TLS handshake; PEM. */
  clientCertificate?: { cert: string; key: string };
  /** Every address of a name. What it answers is checked here, whoever answers. */
  resolve?: (hostname: string) => Promise<LookupAddress[]>;
};

/**
 * An HTTP agent that checks the very address it connects to: names after their resolution, every answer of them, and
 * literals before any. A name that is checked first and resolved again later could answer differently the second time.
 */
export function createGuardedAgent(
  policy: EgressPolicy,
  {
    // undici cannot take back a request that waits for its connection, so one that never comes about has to end by itself.
    // The longest timeout of a callback is 120 s, so that the sender's deadline always comes first.
    connectTimeoutMs = 120_000,
    proxy,
    clientCertificate,
    resolve = (hostname) => dnsLookup(hostname, { all: true }),
  }: Options = {},
): Agent {
  const refuse = (what: string, objection: string | null): void => {
    if (objection !== null) throw new RefusedAddressError(`${what} ${objection}`);
  };

  const checkedAddresses = async (hostname: string): Promise<LookupAddress[]> => {
    const addresses = await resolve(hostname);
    for (const { address } of addresses)
      refuse(`${hostname} resolves to an address that`, policy.addressObjection(address));
    return addresses;
  };

  const lookup: LookupFunction = (hostname, { all }, callback) => {
    checkedAddresses(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (!first) callback(noAddress(hostname), []);
        else if (all) callback(null, addresses);
        else callback(null, first.address, first.family);
      },
      (cause: unknown) => callback(cause as Error, []),
    );
  };

  const connectDirectly = buildConnector({ lookup, timeout: connectTimeoutMs, ...clientCertificate });

  // Resolved and checked here as well, and it is the checked address that the proxy is asked for: given the name, it would
  // resolve it once more, and a rebinding name would lead it, and so the callback, to what this network keeps private.
  const connectThrough =
    (proxyUrl: URL): buildConnector.connector =>
    (options, callback) => {
      const { hostname: host, protocol, port } = options;
      const found = isIP(host) === 0 ? checkedAddresses(host) : Promise.resolve([{ address: host }]);
      found
        .then(async (addresses) => {
          if (addresses.length === 0) throw noAddress(host);
          const targetPort = Number(port) || (protocol === 'https:' ? 443 : 80);
          return openTunnel(
            proxyUrl,
            addresses.map(({ address }) => ({ address, port: targetPort })),
            AbortSignal.timeout(connectTimeoutMs),
          );
        })
        .then(
          (socket) => {
            if (protocol === 'https:') connectDirectly({ ...options, httpSocket: socket }, callback);
            else callback(null, socket);
          },
          (cause: unknown) => callback(cause as Error, null),
        );
    };
  const connect = proxy === undefined ? connectDirectly : connectThrough(new URL(proxy));

  return new Agent({
    ...agentOptions,
    connect: (options, callback) => {
      try {
        // What is refused at configuration may have been configured under another policy.
        refuse('the URL', policy.schemeObjection(options.protocol));
        refuse(options.hostname, policy.hostObjection(options.hostname));
      } catch (refusal) {
        callback(refusal as Error, null);
        return;
      }
      connect(options, (...result) => {
        if (result[1]) guardReads(result[1]);
        callback(...result);
      });
    },
  });
}

function noAddress(hostname: string): Error {
  return Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' });
}
