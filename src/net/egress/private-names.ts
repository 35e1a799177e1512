/** A name that leads nowhere public, itself and everything below it; `addresses` are null where networks differ in them. */
type PrivateName = { name: string; what: string; addresses: readonly string[] | null };

const thisMachine = { what: 'is a name of this machine', addresses: ['127.0.0.1', '::1'] };
const google = {
  what: 'is a cloud metadata service (Google)',
  addresses: ['169.254.169.254', 'fd20:ce::254'],
};
const amazon = {
  what: 'is a cloud metadata service (Amazon)',
  addresses: ['169.254.169.254', 'fd00:ec2::254'],
};

// The first that fits counts.
const privateNames: readonly PrivateName[] = [
  { name: 'localhost', ...thisMachine },
  { name: 'localdomain', ...thisMachine },
  { name: 'ip6-localhost', ...thisMachine },
  { name: 'ip6-loopback', ...thisMachine },
  { name: 'metadata', ...google },
  { name: 'metadata.google.internal', ...google },
  { name: 'instance-data', ...amazon },
  { name: 'instance-data.ec2.internal', ...amazon },
  {
    name: 'metadata.tencentyun.com',
    what: 'is a cloud metadata service (Tencent)',
    addresses: ['169.254.0.23'],
  },
  { name: 'internal', what: 'is a name of private networks (ICANN, .internal)', addresses: null },
  { name: 'local', what: 'is a name of the local link (RFC 6762)', addresses: null },
  { name: 'home.arpa', what: 'is a name of home networks (RFC 8375)', addresses: null },
];

/** The entry for `host`, which is as the URL parser leaves it: in lower case and in ASCII. */
export function findPrivateName(host: string): PrivateName | null {
  const name = host.replace(/\.+$/, '');
  return privateNames.find((each) => name === each.name || name.endsWith(`.${each.name}`)) ?? null;
}
