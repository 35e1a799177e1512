import fc from 'fast-check';
import { ConfigError, readConfig } from '../../src/config.ts';
import { temporalTlsFiles, temporalTlsVariables } from '../../src/domain/temporal-tls.ts';
import { createEgressPolicy } from '../../src/net/egress-policy.ts';

const key = (id: string): string => `${id}:${Buffer.alloc(32, id).toString('base64')}`;

const alone = {
  DATABASE_URL: 'postgres://ringback:pw@db:5432/ringback',
  TEMPORAL_ADDRESS: 'temporal:7233',
  RINGBACK_SECRET_KEYS: key('k1'),
  RINGBACK_ADMIN_TOKEN: 'sixteen characters or more',
};

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}
const namesIn = (problems: readonly string[]): (string | undefined)[] =>
  problems.map((problem) => problem.split(' ')[0]);

test('needs nothing, and listens to this machine only unless it is told otherwise', () => {
  expect(readConfig({})).toMatchObject({
    ROLE: 'all',
    HOST: '127.0.0.1',
    PORT: 8600,
    LOG_LEVEL: 'info',
    EGRESS_ALLOW: [],
    EGRESS_ALLOW_HTTP: false,
  });
});

test('reads ports below 1024, and nothing else for them', () => {
  expect(readConfig({ EGRESS_PORTS: '444, 993' })).toMatchObject({ EGRESS_PORTS: [444, 993] });
  for (const wrong of ['0', '1024', '25-30', '-1', '2.5'])
    expect(problemsOf({ EGRESS_PORTS: wrong })).toEqual([
      'EGRESS_PORTS must be a comma-separated list of ports below 1024 such as 444,993',
    ]);
});

test('takes an empty variable for one that is not set', () => {
  expect(readConfig({ PORT: '', ROLE: '', DATABASE_URL: '', EGRESS_ALLOW: '' })).toMatchObject({
    PORT: 8600,
  });
});

test('lists every wrong variable at once, each in a line that starts with its name', () => {
  const wrong = {
    ROLE: 'boss',
    PORT: 'eighty',
    LOG_LEVEL: 'loud',
    DATABASE_URL: 'mysql://db',
    TEMPORAL_ADDRESS: 'http://temporal',
    TEMPORAL_UI_PORT: '70000',
    PUBLIC_URL: 'ringback',
    RINGBACK_ADMIN_TOKEN: 'short',
    RINGBACK_SECRET_KEYS: 'no-key',
    EGRESS_ALLOW: '10.0.0.0/33',
    EGRESS_ALLOW_HTTP: 'yes',
    EGRESS_PORTS: '444,smtp',
    EGRESS_PROXY: 'https://proxy:3128',
    SMTP_URL: 'mail',
  };
  expect(namesIn(problemsOf(wrong)).sort()).toEqual(Object.keys(wrong).sort());
});

test('what a role lacks is listed together with what is wrong by itself', () => {
  expect(namesIn(problemsOf({ ROLE: 'worker', PORT: 'eighty' })).sort()).toEqual([
    'DATABASE_URL',
    'PORT',
    'RINGBACK_ADMIN_TOKEN',
    'RINGBACK_SECRET_KEYS',
    'TEMPORAL_ADDRESS',
  ]);
});

test.each(['api', 'worker'])('the role %s needs everything that is shared to come from outside', (role) => {
  expect(problemsOf({ ...alone, ROLE: role })).toEqual([]);
  for (const name of Object.keys(alone))
    expect(problemsOf({ ...alone, ROLE: role, [name]: '' })).toEqual([
      `${name} must be set when ROLE is ${role}`,
    ]);
});

test.each(['TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_TLS_CLIENT_KEY_PATH'])(
  'half of a client certificate is refused: %s alone',
  (name) => {
    const [problem, ...others] = problemsOf({ [name]: '/etc/ringback/client.pem' });
    expect(problem).toMatch(/^TEMPORAL_TLS_CLIENT_(CERT|KEY)_PATH must be set as well/);
    expect(problem).not.toMatch(new RegExp(`^${name} `));
    expect(others).toEqual([]);
  },
);

test('the files of a connection to Temporal are those that its own tools name so', () => {
  expect(temporalTlsFiles(readConfig({}))).toBeNull();
  const named = {
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/ca.pem',
    TEMPORAL_TLS_CLIENT_CERT_PATH: '/client.pem',
    TEMPORAL_TLS_CLIENT_KEY_PATH: '/client-key.pem',
    TEMPORAL_TLS_SERVER_NAME: 'temporal.example',
  };
  const files = temporalTlsFiles(readConfig(named));
  expect(files).toEqual({
    caFile: '/ca.pem',
    client: { certFile: '/client.pem', keyFile: '/client-key.pem' },
    serverName: 'temporal.example',
  });
  expect(files && temporalTlsVariables(files)).toEqual(named);
});

test('a range with a leading zero is refused, since some would read it as octal', () => {
  expect(namesIn(problemsOf({ EGRESS_ALLOW: '010.0.0.0/8' }))).toEqual(['EGRESS_ALLOW']);
});

test.each([
  ['http://proxy.example:3128', true],
  ['http://user:password@10.0.0.9:3128/', true],
  ['http://proxy.example:3128/path', false],
  ['http://proxy.example:3128/?query', false],
  ['socks5://proxy.example:1080', false],
  ['proxy.example:3128', false],
])('%s as the egress proxy is taken: %s', (proxy, isTaken) => {
  expect(namesIn(problemsOf({ EGRESS_PROXY: proxy }))).toEqual(isTaken ? [] : ['EGRESS_PROXY']);
});

test.each([
  ['10.0.0.2', true],
  ['10.0.0.2, 10.0.0.3:5353,2001:db8::1,[2001:db8::1]:53', true],
  ['name.example', false],
  ['10.0.0.2:0', false],
  ['10.0.0.2:65536', false],
  ['[10.0.0.2]:53', false],
  ['10.0.0.2,,10.0.0.3', false],
])('%s as DNS servers is taken: %s', (servers, isTaken) => {
  expect(namesIn(problemsOf({ EGRESS_RESOLVERS: servers }))).toEqual(isTaken ? [] : ['EGRESS_RESOLVERS']);
});

test('never repeats a value, since it may be a secret in the wrong place', () => {
  const names = [
    'ROLE',
    'PORT',
    'LOG_LEVEL',
    'DATABASE_URL',
    'TEMPORAL_ADDRESS',
    'RINGBACK_SECRET_KEYS',
    'EGRESS_ALLOW',
    'EGRESS_ALLOW_HTTP',
    'EGRESS_PROXY',
    'SMTP_URL',
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.base64String({ minLength: 12, maxLength: 40 }),
      (name, secret) => {
        expect(problemsOf({ [name]: `%${secret}` }).join('\n')).not.toContain(secret);
      },
    ),
  );
});

test('two keys under one id are refused: what the second sealed could not be opened', () => {
  expect(problemsOf({ RINGBACK_SECRET_KEYS: `${key('a')},${key('a')}` })).toEqual([
    'RINGBACK_SECRET_KEYS must give each key an id of its own',
  ]);
  expect(readConfig({ RINGBACK_SECRET_KEYS: `${key('b')}, ${key('a')}` }).RINGBACK_SECRET_KEYS).toEqual([
    key('b'),
    key('a'),
  ]);
});

test('whatever range it takes, the egress policy takes too', () => {
  const text = fc.oneof(
    fc.tuple(fc.ipV4(), fc.nat(40)).map(([address, bits]) => `${address}/${bits}`),
    fc.tuple(fc.ipV6(), fc.nat(140)).map(([address, bits]) => `${address}/${bits}`),
    fc
      .tuple(fc.string({ unit: fc.constantFrom('0', '1', '2', '9', 'a', 'f', ':', '::', '.') }), fc.nat(130))
      .map(([address, bits]) => `${address}/${bits}`),
  );
  fc.assert(
    fc.property(text, (range) => {
      fc.pre(problemsOf({ EGRESS_ALLOW: range }).length === 0);
      expect(() => createEgressPolicy({ allow: [range], allowHttp: false })).not.toThrow();
    }),
    { numRuns: 500 },
  );
});
