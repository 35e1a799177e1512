// Names, with a real name server: what one name's servers do is nobody else's trouble.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEgressPolicy } from '../../src/net/egress-policy.ts';
import { createGuardedAgent } from '../../src/net/guarded-agent.ts';
import { createHttpSender } from '../../src/net/http-sender.ts';
import { createResolverFiles } from '../../src/net/resolver-files.ts';
import { createResolver, type ResolverOptions } from '../../src/net/resolver.ts';
import { pause } from '../support/until.ts';
import { startCountingReceiver } from './counting-receiver.ts';
import { startDnsServer, type DnsAnswer, type DnsServer } from './dns-server.ts';

const policy = createEgressPolicy({ allow: ['127.0.0.0/8'], allowHttp: true });
const never = new AbortController().signal;

let dns: DnsServer;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringback-names-'));
});
afterEach(async () => {
  await dns.stop();
  rmSync(folder, { recursive: true });
});

const start = async (
  answers: (name: string, time: number, family: number) => DnsAnswer,
  options: ResolverOptions = {},
) => {
  dns = await startDnsServer(answers, { timeoutMs: 300, tries: 1, probeTimeoutMs: 300, ...options });
  return dns.resolver;
};

function files({ hosts = '', resolvConf = '' }) {
  const [hostsPath, resolvConfPath] = [join(folder, 'hosts'), join(folder, 'resolv.conf')];
  writeFileSync(hostsPath, hosts);
  writeFileSync(resolvConfPath, resolvConf);
  return createResolverFiles({ hostsPath, resolvConfPath });
}

describe('A name', () => {
  test('has all its addresses, IPv4 and IPv6 in turn', async () => {
    const resolver = await start(() => ['127.0.0.1', '127.0.0.2', '::1']);
    expect(await resolver.resolve('a.example')).toEqual([
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
      { address: '127.0.0.2', family: 4 },
    ]);
  });

  test('that is an alias has the addresses of what it stands for, and is kept no longer than the alias is', async () => {
    const resolver = await start(() => ({ alias: 'b.example', addresses: ['127.0.0.1'], ttl: 60 }));
    const found = [{ address: '127.0.0.1', family: 4 }];
    expect(await resolver.resolve('a.example')).toEqual(found);
    expect(await resolver.resolve('a.example')).toEqual(found);
    expect(dns.timesAsked('a.example')).toBe(1);
  });

  test('is asked for once by all who need it at the same moment, and again when its time to live is over', async () => {
    const resolver = await start(() => ({ addresses: ['127.0.0.1'], ttl: 1 }));
    await Promise.all(Array.from({ length: 50 }, () => resolver.resolve('a.example')));
    expect(dns.timesAsked('a.example')).toBe(1);
    await pause(1_100);
    await resolver.resolve('a.example');
    expect(dns.timesAsked('a.example')).toBe(2);
  });

  test('without a time to live is asked for every time', async () => {
    const resolver = await start(() => ['127.0.0.1']);
    for (const time of [1, 2, 3]) {
      await resolver.resolve('a.example');
      expect(dns.timesAsked('a.example')).toBe(time);
    }
  });

  test('that does not exist says so, and is not asked for again at once', async () => {
    const resolver = await start(() => ({ code: 'NXDOMAIN' }));
    for (let time = 0; time < 2; time += 1)
      await expect(resolver.resolve('a.example')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    expect(dns.timesAsked('a.example')).toBe(1);
  });

  test('of which one kind of addresses is never answered has the other', async () => {
    const resolver = await start((_name, _time, family) => (family === 6 ? ['::1'] : null));
    expect(await resolver.resolve('a.example')).toEqual([{ address: '::1', family: 6 }]);
  });

  test('in a bounded store pushes out the one that was asked for longest ago', async () => {
    const resolver = await start(() => ({ addresses: ['127.0.0.1'], ttl: 60 }), { maxNames: 2 });
    for (const name of ['a.example', 'b.example', 'c.example', 'c.example', 'a.example'])
      await resolver.resolve(name);
    expect(['a.example', 'b.example', 'c.example'].map((name) => dns.timesAsked(name))).toEqual([2, 1, 1]);
  });

  test('of /etc/hosts is not asked for, and localhost needs no entry', async () => {
    const resolver = await start(() => null, {
      files: files({ hosts: '# ours\n10.0.0.7 receiver Receiver.test # this one\n::7 receiver\n' }),
    });
    expect(await resolver.resolve('receiver')).toEqual([
      { address: '10.0.0.7', family: 4 },
      { address: '::7', family: 6 },
    ]);
    expect(await resolver.resolve('receiver.test.')).toEqual([{ address: '10.0.0.7', family: 4 }]);
    expect((await resolver.resolve('a.localhost')).map(({ address }) => address)).toEqual([
      '127.0.0.1',
      '::1',
    ]);
    expect(dns.timesAsked('receiver')).toBe(0);
  });

  test('is looked for in the domains of /etc/resolv.conf as the C library does', async () => {
    const known: Record<string, string[]> = {
      'receiver.apps.svc.test': ['127.0.0.1'],
      'public.example': ['127.0.0.2'],
    };
    const resolver = await start((name) => known[name] ?? { code: 'NXDOMAIN' }, {
      files: files({ resolvConf: 'search svc.test\noptions ndots:2\n' }),
    });
    const addressOf = async (name: string) => (await resolver.resolve(name))[0]?.address;
    expect(await addressOf('receiver.apps')).toBe('127.0.0.1');
    expect(await addressOf('public.example')).toBe('127.0.0.2');
    await expect(resolver.resolve('receiver.apps.')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(resolver.resolve('not.in.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    expect(dns.timesAsked('not.in.test.svc.test')).toBe(0);
  });
});

test('many names whose servers never answer leave the calls to others undisturbed', async () => {
  const isSilent = (name: string): boolean => name.startsWith('silent');
  const resolver = await start((name) => (isSilent(name) ? null : ['127.0.0.1']), {
    timeoutMs: 60_000,
    tries: 1,
  });
  const receiver = await startCountingReceiver('127.0.0.1');
  const agent = createGuardedAgent(policy, { resolver });
  const sender = createHttpSender(agent);
  const send = (name: string, timeoutMs: number, signal = never) =>
    sender.send(
      { method: 'POST', url: `http://${name}:${receiver.port}/`, headers: {}, body: '{}', timeoutMs },
      signal,
    );
  const stop = new AbortController();
  const hanging = Array.from({ length: 16 }, (_, at) => send(`silent-${at}.example`, 60_000, stop.signal));

  const others = await Promise.all(
    Array.from({ length: 16 }, (_, at) => send(`other-${at}.example`, 20_000)),
  );

  // The silent ones are silent still: nobody waited for them.
  expect(others.map(({ response }) => response?.status)).toEqual(Array(16).fill(200));
  stop.abort();
  expect((await Promise.all(hanging)).map(({ failure }) => failure?.outcome)).toEqual(
    Array(16).fill('cancelled'),
  );
  await agent.destroy();
  await receiver.stop();
}, 60_000);

describe('Whether it is our name servers that are away', () => {
  const since = () => performance.now();

  test('another name says, when one is not answered', async () => {
    const resolver = await start((name) => (name === 'silent.example' ? null : ['127.0.0.1']));
    await resolver.resolve('witness.example');
    const sinceMs = since();
    await expect(resolver.resolve('silent.example')).rejects.toMatchObject({ code: 'EAI_AGAIN' });
    expect(await resolver.isAnswering('silent.example', sinceMs)).toBe(true);
    dns.setAway(true);
    expect(await resolver.isAnswering('silent.example', since())).toBe(false);
    dns.setAway(false);
    expect(await resolver.isAnswering('silent.example', since())).toBe(true);
  });

  test('a SERVFAIL of the one name is no sign of it; of every name it is', async () => {
    let isCutOff = false;
    const resolver = await start((name) =>
      name === 'broken.example' || isCutOff ? { code: 'SERVFAIL' } : ['127.0.0.1'],
    );
    await resolver.resolve('witness.example');
    const sinceMs = since();
    await expect(resolver.resolve('broken.example')).rejects.toMatchObject({ code: 'EAI_AGAIN' });
    expect(await resolver.isAnswering('broken.example', sinceMs)).toBe(true);
    isCutOff = true;
    expect(await resolver.isAnswering('broken.example', since())).toBe(false);
  });

  test('the root says, as long as no name was ever answered', async () => {
    const resolver = await start((name) => (name === '' ? { code: 'SERVFAIL' } : null));
    expect(await resolver.isAnswering('silent.example', since())).toBe(true);
    dns.setAway(true);
    expect(await resolver.isAnswering('silent.example', since())).toBe(false);
  });

  test('is certain when nobody listens there', async () => {
    await start(() => []);
    const { server } = dns;
    await dns.stop();
    const resolver = createResolver({ servers: [server], timeoutMs: 300, tries: 1 });
    await expect(resolver.resolve('a.example')).rejects.toMatchObject({ kind: 'resolver' });
    dns = await startDnsServer(() => []);
  });
});
