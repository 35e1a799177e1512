import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import type { EgressPolicy } from './egress-policy.ts';

/** The connection was not made because its address may not be reached. */
export class RefusedAddressError extends Error {
  override readonly name = 'RefusedAddressError';
}

/**
 * An HTTP agent that checks the very address it connects to: names after their resolution, every answer of them, and
 * literals before any. A name that is checked first and resolved again later could answer differently the second time.
 */
export function createGuardedAgent(policy: EgressPolicy, { connectTimeoutMs = 120_000 } = {}): Agent {
  const refusal = (address: string, what: string): RefusedAddressError | null => {
    const objection = policy.addressObjection(address);
    return objection === null ? null : new RefusedAddressError(`${what} ${objection}`);
  };

  const lookup: LookupFunction = (hostname, options, callback) => {
    dnsLookup(hostname, { ...options, all: true }, (error, found?: LookupAddress[]) => {
      // On an error Node gives no addresses at all, whatever its types say.
      const addresses = found ?? [];
      const refused = addresses
        .map(({ address }) => refusal(address, `${hostname} resolves to an address that`))
        .find((each) => each !== null);
      const [first] = addresses;
      if (error ?? refused) callback(error ?? refused ?? null, []);
      else if (options.all || !first) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
  // undici cannot take back a request that waits for its connection, so one that never comes about has to end by itself.
  // The longest timeout of a callback is 120 s, so that the sender's deadline always comes first.
  const connect = buildConnector({ lookup, timeout: connectTimeoutMs });

  return new Agent({
    connections: 64,
    pipelining: 1,
    // Shorter than any receiver's usual patience with an idle connection (gunicorn's is 2 s), else a request meets the
    // close half way and is lost unseen. Up to a second undici keeps time exactly, beyond that to a second or so.
    keepAliveTimeout: 1_000,
    maxHeaderSize: 32 * 1024,
    // The sender has one deadline for the whole exchange.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (options, callback) => {
      const host = options.hostname.replace(/^\[|\]$/g, '');
      const refused = isIP(host) === 0 ? null : refusal(host, host);
      if (refused) callback(refused, null);
      else connect(options, callback);
    },
  });
}
