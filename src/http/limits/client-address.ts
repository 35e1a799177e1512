import ipaddr from 'ipaddr.js';

/** Whose a request is, as far as its address says: of IPv6 the /64, since whoever has one address has all of those. */
export function clientAddress(ip: string): string {
  if (!ipaddr.isValid(ip)) return ip;
  const address = ipaddr.process(ip);
  return address.kind() === 'ipv4' ? address.toString() : address.toByteArray().slice(0, 8).join('.');
}
