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
  const lookup: LookupFunction = (hostname, options, callback) => {
    dnsLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, []);
      for (const { address } of addresses) {
        const objection = policy.addressObjection(address);
        if (objection)
          return callback(
            new RefusedAddressError(`${hostname} resolves to an address that ${objection}`),
            [],
          );
      }
      const [first] = addresses;
      if (options.all || !first) return callback(null, addresses);
      return callback(null, first.address, first.family);
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
      const objection = isIP(host) === 0 ? null : policy.addressObjection(host);
      if (objection) return callback(new RefusedAddressError(`${host} ${objection}`), null);
      return connect(options, callback);
    },
  });
}
