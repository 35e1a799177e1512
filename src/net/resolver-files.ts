// What c-ares leaves to the C library: /etc/hosts and the search list of /etc/resolv.conf.
import type { LookupAddress } from 'node:dns';
import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';

const looksEveryMs = 5_000;

export type ResolverFiles = {
  /** The addresses that /etc/hosts gives a name; empty when it has none. */
  hosts(name: string): LookupAddress[];
  /** The names to ask for, one after the other until one exists. */
  candidates(name: string): string[];
  /** Changes when /etc/resolv.conf does. */
  version(): number;
};

type Search = { domains: string[]; ndots: number };

/** Reads them again when they have changed: in containers they do while a process runs. */
export function createResolverFiles({
  hostsPath = '/etc/hosts',
  resolvConfPath = '/etc/resolv.conf',
}: { hostsPath?: string; resolvConfPath?: string } = {}): ResolverFiles {
  const hosts = createWatched(hostsPath, parseHosts);
  const search = createWatched(resolvConfPath, parseSearch);
  return {
    hosts: (name) => hosts.value().get(bare(name)) ?? (isLocalhost(name) ? loopback : []),
    candidates(name) {
      if (name.endsWith('.')) return [name];
      const { domains, ndots } = search.value();
      const dots = name.split('.').length - 1;
      const searched = domains.map((domain) => `${name}.${domain}`);
      if (dots === 0) return [...searched, name];
      return dots < ndots ? [name, ...searched] : [name];
    },
    version: () => search.version(),
  };
}

const loopback: LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** RFC 6761, 6.3: no name server is asked. */
function isLocalhost(name: string): boolean {
  return bare(name) === 'localhost' || bare(name).endsWith('.localhost');
}

function bare(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

function createWatched<T>(path: string, parse: (text: string) => T) {
  let lookedMs = -Infinity;
  let changedMs = -1;
  let version = 0;
  let value = parse('');
  const look = (): void => {
    const nowMs = performance.now();
    if (nowMs - lookedMs < looksEveryMs) return;
    lookedMs = nowMs;
    const { mtimeMs = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (mtimeMs === changedMs) return;
    changedMs = mtimeMs;
    version += 1;
    value = parse(mtimeMs === 0 ? '' : readFileSync(path, 'utf8'));
  };
  return {
    value: () => {
      look();
      return value;
    },
    version: () => {
      look();
      return version;
    },
  };
}

function linesOf(text: string): string[][] {
  return text.split('\n').map((line) =>
    line
      .replace(/[#;].*$/, '')
      .split(/\s+/)
      .filter((word) => word !== ''),
  );
}

function parseHosts(text: string): Map<string, LookupAddress[]> {
  const found = new Map<string, LookupAddress[]>();
  for (const [address = '', ...names] of linesOf(text)) {
    const family = isIP(address);
    if (family === 0) continue;
    for (const name of names.map(bare)) found.set(name, [...(found.get(name) ?? []), { address, family }]);
  }
  return found;
}

function parseSearch(text: string): Search {
  const search: Search = { domains: [], ndots: 1 };
  for (const [keyword, ...words] of linesOf(text)) {
    // The last of these lines counts.
    if (keyword === 'search' || keyword === 'domain')
      search.domains = words.map(bare).filter((domain) => domain !== '');
    const ndots = keyword === 'options' ? words.find((word) => word.startsWith('ndots:')) : undefined;
    if (ndots !== undefined) search.ndots = Number(ndots.slice('ndots:'.length)) || 0;
  }
  return search;
}
