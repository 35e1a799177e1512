// Names by c-ares, not by `dns.lookup`: that one takes one of libuv's four threads until the answer comes, so that a few
// names whose servers are silent would stop every other name, and everything else that these threads do.
import type { LookupAddress } from 'node:dns';
import { Resolver as Queries } from 'node:dns/promises';
import { createLiveness } from './liveness.ts';
import { codeOf, OwnFailure } from './own-failure.ts';
import { createResolverFiles, type ResolverFiles } from './resolver-files.ts';

/** No answer that says whether the name exists: its servers are away, or ours. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  readonly code = 'EAI_AGAIN';
}

export type NameResolver = {
  /** Every address of a name, IPv4 and IPv6 in turn; rejects with ENOTFOUND when it has none. */
  resolve(hostname: string): Promise<LookupAddress[]>;
  /** Whether name servers are asked for it at all. */
  isAskedFor(hostname: string): boolean;
  /** Whether our name servers have answered about another name than `hostname` since `sinceMs`, or do now. */
  isAnswering(hostname: string, sinceMs: number): Promise<boolean>;
  /** Gives up what is under way. */
  close(): void;
};

type Found = { addresses: LookupAddress[]; ttlSeconds: number };
type Kept = { addresses: LookupAddress[]; untilMs: number };

export type ResolverOptions = {
  /** `address` or `address:port`; those of the system unless given. */
  servers?: readonly string[];
  files?: ResolverFiles;
  timeoutMs?: number;
  tries?: number;
  probeTimeoutMs?: number;
  maxNames?: number;
};

const maxKeptSeconds = 60;
/** RFC 2308 has it from the zone, which c-ares does not give. */
const keptWithoutAddressSeconds = 5;
const maxWitnesses = 3;
const doesNotExist = ['ENOTFOUND', 'ENODATA'];

/** One query at a time for each name and family; an answer is kept as long as it says, up to a minute. */
export function createResolver({
  servers,
  files = createResolverFiles(),
  // As the C library does by default; c-ares waits longer for the second.
  timeoutMs = 5_000,
  tries = 2,
  probeTimeoutMs = 1_000,
  maxNames = 10_000,
}: ResolverOptions = {}): NameResolver {
  const kept = new Map<string, Kept>();
  const underWay = new Map<string, Promise<LookupAddress[]>>();
  // Names that were answered last, by which our servers are told from one name's.
  const witnesses = new Set<string>();
  let queries: Queries | null = null;
  let queriesVersion = -1;

  const createQueries = (patience: { timeout: number; tries: number }): Queries => {
    const created = new Queries(patience);
    if (servers) created.setServers(servers);
    return created;
  };
  const currentQueries = (): Queries => {
    const version = files.version();
    if (!queries || version !== queriesVersion) queries = createQueries({ timeout: timeoutMs, tries });
    queriesVersion = version;
    return queries;
  };

  const liveness = createLiveness(async () => {
    const probes = createQueries({ timeout: probeTimeoutMs, tries: 1 });
    if (witnesses.size > 0)
      return Promise.any([...witnesses].map((name) => definitely(probes.resolve4(name)))).then(
        () => true,
        () => false,
      );
    // Nothing has been answered yet. Any answer about the root says that there is a server.
    return probes.resolveNs('.').then(
      () => true,
      (cause: unknown) => !['ETIMEOUT', 'ECONNREFUSED'].includes(codeOf(cause)),
    );
  });

  const answered = (name: string): void => {
    liveness.answered();
    witnesses.delete(name);
    witnesses.add(name);
    const [oldest] = witnesses;
    if (witnesses.size > maxWitnesses && oldest !== undefined) witnesses.delete(oldest);
  };

  const ask = async (name: string): Promise<Found | null> => {
    const asked = currentQueries();
    const both = await Promise.allSettled([
      asked.resolve4(name, { ttl: true }),
      asked.resolve6(name, { ttl: true }),
    ]);
    const found = inTurn(
      ...both.map((each, family) =>
        each.status === 'fulfilled'
          ? each.value.map(({ address, ttl }) => ({ address, family: family === 0 ? 4 : 6, ttl }))
          : [],
      ),
    );
    const failures = both.flatMap((each) => (each.status === 'rejected' ? [codeOf(each.reason)] : []));
    const without = failures.filter((code) => !doesNotExist.includes(code));
    if (found.length > 0 || without.length === 0) answered(name);
    if (found.length > 0)
      return {
        addresses: found.map(({ address, family }) => ({ address, family })),
        ttlSeconds: Math.min(...found.map(({ ttl }) => ttl)),
      };
    const [code] = without;
    if (code === undefined || code === 'EBADNAME') return null;
    witnesses.delete(name);
    // None of them listens. c-ares may have read that there is none, and would not read it again.
    if (code === 'ECONNREFUSED') {
      if (queries === asked) queries = null;
      throw new OwnFailure('resolver', 'no name server listens');
    }
    throw new NoAnswerError(`no answer about ${name} (${code})`);
  };

  const find = async (hostname: string): Promise<LookupAddress[]> => {
    let found: Found | null = null;
    for (const name of files.candidates(hostname)) {
      found = await ask(name);
      if (found) break;
    }
    keep(hostname, found ?? { addresses: [], ttlSeconds: keptWithoutAddressSeconds });
    return found?.addresses ?? [];
  };

  const keep = (hostname: string, { addresses, ttlSeconds }: Found): void => {
    kept.delete(hostname);
    if (ttlSeconds <= 0) return;
    kept.set(hostname, {
      addresses,
      untilMs: performance.now() + 1000 * Math.min(ttlSeconds, maxKeptSeconds),
    });
    const [oldest] = kept.keys();
    if (kept.size > maxNames && oldest !== undefined) kept.delete(oldest);
  };

  const look = (hostname: string): Promise<LookupAddress[]> => {
    const known = kept.get(hostname);
    if (known && known.untilMs > performance.now()) return Promise.resolve(known.addresses);
    const open = underWay.get(hostname);
    if (open) return open;
    const looking = find(hostname).finally(() => underWay.delete(hostname));
    underWay.set(hostname, looking);
    return looking;
  };

  return {
    async resolve(hostname) {
      const local = files.hosts(hostname);
      const addresses = local.length > 0 ? local : await look(hostname.toLowerCase());
      if (addresses.length === 0)
        throw Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' });
      return [...addresses];
    },
    isAskedFor: (hostname) => files.hosts(hostname).length === 0,
    isAnswering(hostname, sinceMs) {
      for (const name of files.candidates(hostname.toLowerCase())) witnesses.delete(name);
      return liveness.isAlive(sinceMs);
    },
    close: () => queries?.cancel(),
  };
}

/** Rejects when the answer says nothing about the name. */
async function definitely(answer: Promise<unknown>): Promise<void> {
  await answer.catch((cause: unknown) => {
    if (!doesNotExist.includes(codeOf(cause))) throw cause;
  });
}

/** The first of each list, then the second of each. */
function inTurn<T>(...lists: T[][]): T[] {
  const longest = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1))).flat();
}
