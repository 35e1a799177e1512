import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { UrlPolicy } from '../ports/index.ts';
import { findPrivateName } from './private-names.ts';
import { specialPurposeAddresses } from './special-purpose-addresses.ts';

/** Each objection is the end of a sentence that begins with what it is against; null when nothing is. */
export type EgressPolicy = UrlPolicy & {
  /** `protocol` as in URL.protocol: with its colon. */
  schemeObjection(protocol: string): string | null;
  /** Against a name, or an address without brackets, as the URL parser leaves it. */
  hostObjection(host: string): string | null;
  addressObjection(address: string): string | null;
  portObjection(port: number): string | null;
};

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Cidr = [Address, number];

const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

// The narrowest first, since it says best what an address is.
const specialBlocks = specialPurposeAddresses
  .map(([cidr, name, source]) => ({ cidr: ipaddr.parseCIDR(cidr), words: `${name}, ${source}` }))
  .sort((one, other) => other.cidr[1] - one.cidr[1]);

/**
 * Callbacks reach public addresses only, over https only, on ports 80, 443 and from 1024 up: below are other services,
 * which an HTTP request can disturb. `allow` opens CIDRs, `allowHttp` plain http, `ports` single ports. The URL check is
 * for what is certain when a callback is configured; the address check is made on every connection.
 */
export function createEgressPolicy(options: {
  allow: readonly string[];
  allowHttp: boolean;
  ports?: readonly number[];
}): EgressPolicy {
  const opened: Cidr[] = options.allow.map((cidr) => ipaddr.parseCIDR(cidr));

  const schemeObjection = (protocol: string): string | null =>
    protocol === 'https:' || (options.allowHttp && protocol === 'http:') ? null : 'must start with https://';

  const allowedPorts: readonly number[] = [80, 443, ...(options.ports ?? [])];
  const portObjection = (port: number): string | null =>
    port >= 1024 || allowedPorts.includes(port)
      ? null
      : `must use port 80, 443 or one from 1024 up: the operator has not allowed port ${port} (EGRESS_PORTS)`;

  const addressObjection = (text: string): string | null => {
    // ipaddr.js alone would read 010.0.0.1 and 0x7f.1, as not every other reader does.
    if (isIP(text) === 0) return 'is not an IP address';
    const address = parseAddress(text);
    if (opened.some((cidr) => isWithin(address, cidr))) return null;
    const special = specialBlocks.find(({ cidr }) => isWithin(translated(address), cidr));
    if (special) return `is not a public address (${special.words})`;
    return text.includes('%') ? 'has a zone, which means something on this machine only' : null;
  };

  const nameObjection = (host: string): string | null => {
    const found = findPrivateName(host);
    const mayBeOpen = found?.addresses?.some((each) => addressObjection(each) === null) ?? opened.length > 0;
    return found === null || mayBeOpen ? null : found.what;
  };

  const hostObjection = (host: string): string | null =>
    isIP(host) === 0 ? nameObjection(host) : addressObjection(host);

  return {
    schemeObjection,
    hostObjection,
    addressObjection,
    portObjection,
    objection(text) {
      if (!URL.canParse(text)) return 'is not a URL';
      const url = new URL(text);
      if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
      return (
        schemeObjection(url.protocol) ??
        (url.port === '' ? null : portObjection(Number(url.port))) ??
        hostObjection(url.hostname.replace(/^\[|\]$/g, ''))
      );
    },
  };
}

/** `text` without its zone. An IPv4-mapped address makes an IPv4 connection, so it is judged, and opened, as that. */
function parseAddress(text: string): Address {
  if (isIP(text) === 4) return ipaddr.parse(text);
  // ipaddr.js takes ::1.2.3.4 for ::ffff:1.2.3.4; the URL parser writes both without dots.
  const [bare = ''] = text.split('%');
  return ipaddr.process(new URL(`http://[${bare}]`).hostname.slice(1, -1));
}

/**
 * What an address of NAT64's well-known prefix is translated to: on a network without IPv4, every IPv4 receiver is
 * reached by one. 6to4 and Teredo embed addresses too, but their relays are gone, so they are refused whatever they embed.
 */
function translated(address: Address): Address {
  return isWithin(address, nat64) ? new ipaddr.IPv4(address.toByteArray().slice(12)) : address;
}

function isWithin(address: Address, cidr: Cidr): boolean {
  return address.kind() === cidr[0].kind() && address.match(cidr);
}
