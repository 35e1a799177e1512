import ipaddr from 'ipaddr.js';
import type { UrlPolicy } from '../ports.ts';

export type EgressPolicy = UrlPolicy & {
  /** Why this address may not be connected to, as the end of a sentence; null when it may. */
  addressObjection(address: string): string | null;
};

type Cidr = [ipaddr.IPv4 | ipaddr.IPv6, number];

/**
 * Callbacks reach public addresses only, over https only; `allow` opens CIDRs, `allowHttp` plain http. The URL check is
 * for what is certain when a callback is configured; the address check is made on every connection.
 */
export function createEgressPolicy(options: { allow: readonly string[]; allowHttp: boolean }): EgressPolicy {
  const allowed: Cidr[] = options.allow.map((cidr) => ipaddr.parseCIDR(cidr));

  const addressObjection = (text: string): string | null => {
    if (!ipaddr.isValid(text)) return 'is not an IP address';
    // An IPv4 address in IPv6 clothes is judged as what it is.
    const address = ipaddr.process(text);
    if (allowed.some((cidr) => address.kind() === cidr[0].kind() && address.match(cidr))) return null;
    return address.range() === 'unicast' ? null : `is not a public address (${address.range()})`;
  };

  return {
    addressObjection,
    objection(text) {
      if (!URL.canParse(text)) return 'is not a URL';
      const url = new URL(text);
      if (url.protocol !== 'https:' && !(options.allowHttp && url.protocol === 'http:'))
        return 'must start with https://';
      if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
      const host = url.hostname.replace(/^\[|\]$/g, '');
      return ipaddr.isValid(host) ? addressObjection(host) : null;
    },
  };
}
