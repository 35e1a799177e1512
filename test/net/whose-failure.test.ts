// Of everything that keeps an exchange from taking place: whether it is the receiver's, which counts, or ours.
import type { Exchange } from '../../src/domain/attempt.ts';
import { createEgressHealth } from '../../src/net/egress-health.ts';
import { createEgressPolicy } from '../../src/net/egress-policy.ts';
import { LateError } from '../../src/net/give-until.ts';
import { createGuardedAgent } from '../../src/net/guarded-agent.ts';
import { createHttpSender } from '../../src/net/http-sender.ts';
import { createJudgeFailure, hasRouteOut } from '../../src/net/way-out.ts';
import type { NameResolver } from '../../src/net/resolver.ts';
import { startCountingReceiver, type CountingReceiver } from './counting-receiver.ts';
import { startDnsServer, type DnsAnswer, type DnsServer } from './dns-server.ts';

const policy = createEgressPolicy({ allow: ['127.0.0.0/8'], allowHttp: true });
const ours = {
  outcome: 'egress_error',
  reason: "Ringback's own network failed. This attempt does not count.",
};
const unresolved = {
  outcome: 'connect_error',
  reason: 'The exchange failed: the host name could not be resolved just now.',
};
const late = (seconds: number) => ({
  outcome: 'timeout',
  reason: `No connection within ${seconds} seconds.`,
});

let receiver: CountingReceiver;
let dns: DnsServer;
let failures: string[];
let isWitnessed: boolean;
beforeEach(async () => {
  receiver = await startCountingReceiver('127.0.0.1');
  failures = [];
});
afterEach(async () => {
  await receiver.stop();
  await dns.stop();
});

const health = () => createEgressHealth({ count: (kind) => failures.push(kind), report: () => undefined });

/** One attempt at `name`, after another name was answered where `isWitnessed`. */
async function attempt(
  answers: (name: string) => DnsAnswer,
  { timeoutMs = 5_000, isDnsAway = false, patienceMs = 300 } = {},
): Promise<Exchange> {
  dns = await startDnsServer((name) => (name === 'witness.example' ? ['127.0.0.1'] : answers(name)), {
    timeoutMs: patienceMs,
    tries: 1,
    probeTimeoutMs: 300,
  });
  if (isWitnessed) await dns.resolver.resolve('witness.example');
  dns.setAway(isDnsAway);
  const agent = createGuardedAgent(policy, { resolver: dns.resolver });
  const url = `http://customer.example:${receiver.port}/`;
  const exchange = await createHttpSender(agent, health()).send(
    { method: 'POST', url, headers: {}, body: '{}', timeoutMs },
    new AbortController().signal,
  );
  await agent.destroy();
  return exchange;
}

describe.each([
  ['before any name was answered', false],
  ['after another name was answered', true],
])('A name, %s,', (_when, witnessed) => {
  beforeEach(() => {
    isWitnessed = witnessed;
  });

  test('that is not answered while our name servers answer nobody: ours', async () => {
    expect((await attempt(() => null, { isDnsAway: true })).failure).toEqual(ours);
    expect(failures).toEqual(['resolver']);
  });

  test('the same when the attempt ends before the name servers are given up', async () => {
    const exchange = await attempt(() => null, { isDnsAway: true, timeoutMs: 200, patienceMs: 60_000 });
    expect(exchange.failure).toEqual(ours);
  });

  test('that is not answered by its own: the receiver’s', async () => {
    const onlyTheRoot = (name: string): DnsAnswer => (name === '' ? [] : null);
    expect((await attempt(onlyTheRoot)).failure).toEqual(unresolved);
    await dns.stop();
    const exchange = await attempt(onlyTheRoot, { timeoutMs: 200, patienceMs: 60_000 });
    expect(exchange.failure).toEqual(late(0.2));
    expect(failures).toEqual([]);
  });

  test('of which its own servers say SERVFAIL: the receiver’s', async () => {
    expect((await attempt(() => ({ code: 'SERVFAIL' }))).failure).toEqual(unresolved);
  });

  test('that does not exist: the receiver’s', async () => {
    expect((await attempt(() => ({ code: 'NXDOMAIN' }))).failure).toEqual({
      outcome: 'connect_error',
      reason: 'The exchange failed: the host name does not exist.',
    });
  });
});

describe('An error of the operating system', () => {
  const judge = (
    code: string,
    {
      hasRoute = true,
      isAnswering = true,
      askedFor = 'customer.example',
    }: { hasRoute?: boolean; isAnswering?: boolean; askedFor?: string | null } = {},
  ) => {
    const resolver = { isAnswering: async () => isAnswering } as unknown as NameResolver;
    const cause = code === 'late' ? new LateError('late') : Object.assign(new Error('connect'), { code });
    return createJudgeFailure({ resolver, tunnel: null, hasRoute: async () => hasRoute })(cause, {
      isSent: false,
      progress: { stage: 'connecting', askedFor },
      sinceMs: 0,
    });
  };
  beforeEach(async () => {
    dns = await startDnsServer(() => []);
  });

  test.each(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL'])('%s is ours', async (code) => {
    expect(await judge(code)).toBe('resources');
  });

  test.each(['EPERM', 'EACCES', 'ENETDOWN'])('%s is ours: a firewall, or a cable', async (code) => {
    expect(await judge(code)).toBe('network');
  });

  test.each(['ECONNREFUSED', 'ECONNRESET', 'EPROTO', 'ENOTFOUND'])('%s is not', async (code) => {
    expect(await judge(code, { hasRoute: false, isAnswering: false })).toBeNull();
  });

  test('ENETUNREACH is ours when there is no route to anywhere', async () => {
    expect(await judge('ENETUNREACH', { hasRoute: false })).toBe('network');
    expect(await judge('ENETUNREACH')).toBeNull();
    expect(await hasRouteOut()).toEqual(expect.any(Boolean));
  });

  test.each(['EHOSTUNREACH', 'ETIMEDOUT', 'ENETUNREACH', 'late'])(
    '%s is ours when our name servers cannot be reached either',
    async (code) => {
      expect(await judge(code, { isAnswering: false })).toBe('network');
      expect(await judge(code)).toBeNull();
      // An address in the URL has no such witness.
      expect(await judge(code, { isAnswering: false, askedFor: null })).toBeNull();
    },
  );
});

describe('How our way out does', () => {
  const fresh = (reports: string[]) =>
    createEgressHealth({
      count: (kind) => failures.push(kind),
      report: (kind, why) => reports.push(`${kind}: ${why}`),
    });
  beforeEach(async () => {
    dns = await startDnsServer(() => []);
  });

  test('is counted for every failure and reported once, and is well again when something gets out', () => {
    const reports: string[] = [];
    const own = fresh(reports);
    expect(own.objection()).toBeNull();
    const cause = new Error('the egress proxy cannot be reached', {
      cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
    });
    for (let count = 0; count < 3; count += 1) own.failed('proxy', cause);
    expect(own.objection()).toBe('the egress proxy does not answer, or refuses our requests');
    expect(failures).toEqual(['proxy', 'proxy', 'proxy']);
    expect(reports).toEqual(['proxy: the egress proxy cannot be reached: ECONNREFUSED']);
    own.worked(true);
    expect(own.objection()).toBeNull();
  });

  test('is not well again for names by what went to an address', () => {
    const own = fresh([]);
    own.failed('resolver', new Error('no name server listens'));
    own.worked(false);
    expect(own.objection()).toBe('no name server answers');
  });
});
