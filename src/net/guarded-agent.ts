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
export function createGuardedAgent(policy: EgressPolicy): Agent {
  const refusal = (address: string, what: string): RefusedAddressError | null => {
    const objection = policy.addressObjection(address);
    return objection === null ? null : new RefusedAddressError(`${what} ${objection}`);
  };

  const lookup: LookupFunction = (hostname, options, callback) => {
    dnsLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      const refused = addresses
        .map(({ address }) => refusal(address, `${hostname} resolves to an address that`))
        .find((found) => found !== null);
      const [first] = addresses;
      if (error ?? refused) callback(error ?? refused ?? null, []);
      else if (options.all || !first) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
  const connect = buildConnector({ lookup, timeout: 0 });

  return new Agent({
    connections: 64,
    pipelining: 1,
    keepAliveTimeout: 4_000,
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
