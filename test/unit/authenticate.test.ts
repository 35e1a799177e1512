import { createAuthenticate } from '../../src/use-cases/authenticate.ts';
import { createApiKey } from '../../src/use-cases/create-api-key.ts';
import { revokeApiKey } from '../../src/use-cases/revoke-api-key.ts';
import { createServiceKeyCache } from '../../src/use-cases/service-keys.ts';
import { aService } from '../support/builders.ts';
import { createFakePorts, testNow } from '../support/fake-ports.ts';
import { textWith } from '../support/matchers.ts';
import { until } from '../support/until.ts';
import { signJwt } from '../support/sign-jwt.ts';

const adminToken = 'the admin token';

/** One process: its own cache and clock over ports that others may share. */
const aProcess = (ports: ReturnType<typeof createFakePorts>) => {
  let clock = testNow.getTime();
  const loads: string[] = [];
  const counted = {
    ...ports.apiKeys,
    activeKeys: async (serviceId: string) => {
      loads.push(serviceId);
      return ports.apiKeys.activeKeys(serviceId);
    },
  };
  const now = (): Date => new Date(clock);
  const keys = createServiceKeyCache({ ...ports, apiKeys: counted, now });
  const authenticate = createAuthenticate({ adminToken: 'the-admin-token', keys, now });
  return { ...ports, keys, authenticate, loads, wait: (ms: number) => (clock += ms), now };
};

const setUp = async () => {
  const ports = createFakePorts();
  const service = aService();
  await ports.services.create(service);
  const process = aProcess(ports);
  const created = await createApiKey(process, service.id, { name: 'production', key_type: 'team' });
  const caller = {
    kind: 'service',
    serviceId: service.id,
    profile: 'govuk-notify',
    keyId: created.id,
    keyType: 'team',
    rateLimitPerSecond: null,
  };
  return { ports, process, serviceId: service.id, ...created, secret: created.key.slice(-36), caller };
};

const iat = Math.floor(testNow.getTime() / 1000);

describe('authenticate', () => {
  it('knows the operator by the admin token', async () => {
    const { process } = await setUp();
    expect(await process.authenticate('Bearer the-admin-token')).toEqual({ kind: 'operator' });
    expect(await process.authenticate('bearer  the-admin-token ')).toEqual({ kind: 'operator' });
  });

  it.each(['Bearer', 'bearer', 'ApiKey-v1', 'APIKEY-V1'])(
    'knows a service by its key after %s',
    async (scheme) => {
      const { process, key, caller } = await setUp();
      expect(await process.authenticate(`${scheme} ${key}`)).toEqual(caller);
    },
  );

  it('knows a service by a Notify JWT, and which of its keys signed it', async () => {
    const { process, serviceId, caller, secret } = await setUp();
    await createApiKey(process, serviceId, { name: 'other', key_type: 'live' });
    const token = signJwt({ claims: { iss: serviceId.toUpperCase(), iat }, secret });
    expect(await process.authenticate(`Bearer ${token}`)).toEqual(caller);
  });

  it.each([
    ['no header', undefined, 'There is no credential'],
    ['an empty header', '', 'is not understood'],
    ['a scheme without a credential', 'Bearer', 'is not understood'],
    ['too many words', 'Bearer one two', 'is not understood'],
    ['an unknown scheme', 'Basic dXNlcjpwYXNz', 'scheme of the Authorization header is not known'],
    ['a wrong admin token', 'Bearer the-admin-tokem', 'neither an API key nor a well-formed JWT'],
    ['a scheme that is not for the admin token', 'ApiKey-v1 the-admin-token', 'This is not an API key'],
  ])('refuses %s with a sentence that says what to send', async (_what, header, sentence) => {
    const { process } = await setUp();
    await expect(process.authenticate(header)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: textWith(sentence),
    });
  });

  it('refuses a key whose secret or service is wrong', async () => {
    const { process, key, serviceId } = await setUp();
    const wrongSecret = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`;
    const wrongService = key.replace(serviceId, aService().id);
    for (const wrong of [wrongSecret, wrongService])
      await expect(process.authenticate(`Bearer ${wrong}`)).rejects.toMatchObject({
        code: 'UNAUTHENTICATED',
      });
  });

  it.each([
    ['an old clock', -31, 'check the clock'],
    ['a clock that is ahead', 31, 'check the clock'],
  ])('tells a caller with %s what is wrong', async (_what, seconds, sentence) => {
    const { process, serviceId, secret } = await setUp();
    const token = signJwt({ claims: { iss: serviceId, iat: iat + seconds }, secret });
    await expect(process.authenticate(`Bearer ${token}`)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: textWith(sentence),
    });
  });

  it('refuses a JWT whose issuer is no service', async () => {
    const { process, secret } = await setUp();
    for (const iss of ['me', '../services', aService().id]) {
      const token = signJwt({ claims: { iss, iat }, secret });
      await expect(process.authenticate(`Bearer ${token}`)).rejects.toMatchObject({
        code: 'UNAUTHENTICATED',
      });
    }
  });

  it('loads the keys of a service once for many callers at the same time', async () => {
    const { process, key, serviceId } = await setUp();
    await Promise.all(Array.from({ length: 50 }, () => process.authenticate(`Bearer ${key}`)));
    expect(process.loads).toEqual([serviceId]);
  });

  it('lets nobody wait for the second look at another caller’s wrong key', async () => {
    const { ports, process, key, caller } = await setUp();
    await process.authenticate(`Bearer ${key}`);
    process.wait(10);
    const stored = { ...ports.apiKeys };
    let answer = (): void => undefined;
    ports.apiKeys.activeKeys = async (serviceId) => {
      await new Promise<void>((resolve) => (answer = resolve));
      return stored.activeKeys(serviceId);
    };
    const wrong = process.authenticate(
      `Bearer ${key.slice(0, -1)}x`.replace(/x$/, key.endsWith('0') ? '1' : '0'),
    );
    await until('the second look is under way', () => process.loads.length === 2);
    expect(await process.authenticate(`Bearer ${key}`)).toEqual(caller);
    answer();
    await expect(wrong).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('opens only the secrets that have changed when it loads again', async () => {
    const { ports, process, key, serviceId } = await setUp();
    let opened = 0;
    const open = ports.secrets.open.bind(ports.secrets);
    ports.secrets.open = (...args) => {
      opened += 1;
      return open(...args);
    };
    for (let second = 0; second < 3; second += 1) {
      await process.authenticate(`Bearer ${key}`);
      process.wait(1000);
    }
    expect(opened).toBe(1);
    await createApiKey(process, serviceId, { name: 'other', key_type: 'live' });
    // Made here, a key makes this process forget what it knew.
    await process.authenticate(`Bearer ${key}`);
    expect(opened).toBeLessThanOrEqual(3);
  });

  it('looks up unknown services in one go for whoever has shown too much that is wrong', async () => {
    const { process } = await setUp();
    const hasty = { inGroups: true, looksAgain: async () => false };
    const stored = { ...process.apiKeys };
    const turns = new Set<number>();
    let turn = 0;
    process.apiKeys.activeKeys = (serviceId) => {
      turns.add(turn);
      return stored.activeKeys(serviceId);
    };
    const answers = [];
    for (let index = 0; index < 100; index += 1) {
      const unknown = `Bearer x-${aService().id}-${aService().id}`;
      answers.push(process.authenticate(unknown, hasty).catch(() => 'refused'));
      await new Promise((resolve) => setImmediate(resolve));
      turn += 1;
    }
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['refused']));
    expect(process.loads).toHaveLength(100);
    // One each, if they came one by one.
    expect(turns.size).toBeLessThan(20);
  });

  it('believes the keys that it loaded for less than a second', async () => {
    const { process, key } = await setUp();
    await process.authenticate(`Bearer ${key}`);
    process.wait(999);
    await process.authenticate(`Bearer ${key}`);
    expect(process.loads).toHaveLength(1);
    process.wait(1);
    await process.authenticate(`Bearer ${key}`);
    expect(process.loads).toHaveLength(2);
  });

  it('loads again when the clock was set back', async () => {
    const { process, key } = await setUp();
    await process.authenticate(`Bearer ${key}`);
    process.wait(-3_600_000);
    await process.authenticate(`Bearer ${key}`);
    expect(process.loads).toHaveLength(2);
  });

  it('refuses a key at once when this process revoked it, and within a second when another did', async () => {
    const { ports, process, key, id, serviceId } = await setUp();
    const other = aProcess(ports);
    await other.authenticate(`Bearer ${key}`);

    await revokeApiKey(process, serviceId, id);

    await expect(process.authenticate(`Bearer ${key}`)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    other.wait(1000);
    await expect(other.authenticate(`Bearer ${key}`)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('takes a new key at once, also in a process that had loaded the keys before', async () => {
    const { ports, process, key, serviceId } = await setUp();
    const other = aProcess(ports);
    await other.authenticate(`Bearer ${key}`);
    const created = await createApiKey(process, serviceId, { name: 'new', key_type: 'live' });
    other.wait(1);
    expect(await other.authenticate(`Bearer ${created.key}`)).toMatchObject({ keyId: created.id });
  });

  it('takes the other keys of a service when one cannot be decrypted, and says so of that one once', async () => {
    const { ports, process, key, serviceId, caller } = await setUp();
    const lost = await createApiKey(process, serviceId, { name: 'lost', key_type: 'live' });
    const damaged = {
      ...ports.secrets,
      open: (sealed: Uint8Array, context: string): string => {
        if (context.includes(lost.id)) throw new Error('its key is gone');
        return ports.secrets.open(sealed, context);
      },
    };
    const other = aProcess({ ...ports, secrets: damaged });
    for (let second = 1; second <= 2; second += 1) {
      expect(await other.authenticate(`Bearer ${key}`)).toEqual(caller);
      // It is not known to be nobody's: the caller is to come again, and not to take it for revoked.
      await expect(other.authenticate(`Bearer ${lost.key}`)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      other.wait(1000);
    }
    expect(ports.unopenedKeys).toEqual([{ serviceId, keyId: lost.id, reason: 'its key is gone' }]);
  });

  it('does not remember that loading failed', async () => {
    const { ports, key, caller } = await setUp();
    let isBroken = true;
    const activeKeys: typeof ports.apiKeys.activeKeys = async (serviceId) => {
      if (isBroken) throw new Error('the database is away');
      return ports.apiKeys.activeKeys(serviceId);
    };
    const keys = createServiceKeyCache({ ...ports, apiKeys: { ...ports.apiKeys, activeKeys } });
    const authenticate = createAuthenticate({ adminToken, keys, now: ports.now });

    await expect(authenticate(`Bearer ${key}`)).rejects.toThrow('the database is away');
    isBroken = false;
    expect(await authenticate(`Bearer ${key}`)).toEqual(caller);
  });
});
