// Which accounts a request of a provider has to do with, and how seldom their settings are read.
import { v7 as uuidv7 } from 'uuid';
import { providerContext } from '../../src/domain/secret-contexts.ts';
import type { ProviderSettings } from '../../src/ports/index.ts';
import { createProviderAccounts } from '../../src/use-cases/provider-accounts.ts';
import {
  accountKey,
  clientDigest,
  clientKey,
  passwordKey,
  sidKey,
  tokenKey,
  topicKey,
} from '../../src/use-cases/provider-index.ts';
import { createFakeSecretBox } from '../support/fakes/secret-box.ts';

/** A store whose every reading is counted, as is every opening of a secret. */
function anInstallation(credentials: readonly object[], provider = 'mmg') {
  const box = createFakeSecretBox();
  const clock = { nowMs: 0 };
  const counted = { looks: 0, reads: 0, opened: 0 };
  const store = { changes: 1, isAway: false, rows: [] as ProviderSettings[] };
  const settingsOf = (given: object, serviceId: string = uuidv7()): ProviderSettings => ({
    ...{ serviceId, profile: 'govuk-notify', credentialType: 'any', inboundNumbers: [], publicUrl: null },
    sealedCredentials: box.seal(JSON.stringify(given), providerContext(serviceId, provider)),
  });
  store.rows = credentials.map((given) => settingsOf(given));
  const accounts = createProviderAccounts(
    {
      providers: {
        async changes() {
          counted.looks += 1;
          if (store.isAway) throw new Error('the database is away');
          return String(store.changes);
        },
        async of() {
          counted.reads += 1;
          return store.rows;
        },
      },
      secrets: {
        ...box,
        open: (sealed, context) => {
          counted.opened += 1;
          return box.open(sealed, context);
        },
      },
      onUnopened: () => undefined,
    },
    () => clock.nowMs,
  );
  return { accounts, clock, counted, store, settingsOf, of: () => accounts.of(provider) };
}

const thousand = Array.from({ length: 1000 }, (_own, place) => place);

test('of a thousand accounts, a request has to do with the one that it shows', async () => {
  const cases: [(place: number) => object, (place: number) => string][] = [
    [(n) => ({ username: 'notify', password: `p${n}` }), (n) => passwordKey('notify', `p${n}`)],
    [(n) => ({ token: `a-long-token-${n}` }), (n) => tokenKey(`a-long-token-${n}`)],
    [(n) => ({ auth_token: 'x', account_sid: `AC${n}` }), (n) => sidKey(`AC${n}`)],
    [(n) => ({ topic_arns: [`arn:${n}`, 'arn:all'] }), (n) => topicKey(`arn:${n}`)],
    [(n) => ({ client_id: 'sap', client_secret: `s${n}` }), (n) => clientKey('sap', `s${n}`)],
    [(n) => ({ client_id: 'sap', client_secret: `s${n}` }), (n) => accountKey(clientDigest('sap', `s${n}`))],
  ];
  for (const [credentialsOf, keyOf] of cases) {
    const { of, store } = anInstallation(thousand.map(credentialsOf));
    const known = await of();
    expect(known.unnamed).toEqual([]);
    expect(known.find(keyOf(1000))).toEqual([]);
    expect(known.find(keyOf(700)).map(({ services }) => services)).toEqual([[store.rows[700]]]);
  }
});

test('services with the same credentials are one account', async () => {
  const { of, store } = anInstallation(thousand.map(() => ({ secret_key: 'x', salt: 'y' })));
  const { unnamed } = await of();
  expect(unnamed.map(({ services }) => services.length)).toEqual([store.rows.length]);
});

test('settings are read again only when something has changed, and only what is new is decrypted', async () => {
  const { of, clock, counted, store, settingsOf } = anInstallation(
    thousand.map((place) => ({ token: `a-long-token-${place}` })),
  );
  const rounds = async (times: number): Promise<void> => {
    for (let round = 0; round < times; round += 1) {
      await Promise.all([of(), of(), of()]);
      clock.nowMs += 1000;
    }
  };
  await rounds(10);
  expect(counted).toEqual({ looks: 10, reads: 1, opened: 1000 });

  const changed = store.rows.at(500)?.serviceId;
  store.rows = store.rows.with(500, settingsOf({ token: 'another-long-token' }, changed)).slice(1);
  store.changes += 1;
  await rounds(10);
  expect(counted).toEqual({ looks: 20, reads: 2, opened: 1001 });
  const known = await of();
  expect(known.find(tokenKey('another-long-token'))[0]?.services[0]?.serviceId).toBe(changed);
  for (const gone of [0, 500]) expect(known.find(tokenKey(`a-long-token-${gone}`))).toEqual([]);
});

test('what was replaced is taken for less than a second, and not at all where it was replaced here', async () => {
  const { of, accounts, clock, store, settingsOf } = anInstallation([{ token: 'the-first-long-token' }]);
  const isTaken = async (token: string): Promise<boolean> => (await of()).find(tokenKey(token)).length > 0;
  const replace = (token: string): void => {
    store.rows = [settingsOf({ token })];
    store.changes += 1;
  };
  expect(await isTaken('the-first-long-token')).toBe(true);
  replace('the-second-long-token');
  clock.nowMs = 999;
  expect(await isTaken('the-first-long-token')).toBe(true);
  clock.nowMs = 1000;
  expect(await isTaken('the-first-long-token')).toBe(false);
  replace('the-third-long-token');
  accounts.forget('mmg');
  expect(await isTaken('the-third-long-token')).toBe(true);
});

test('while the database is away nothing older than a second is believed, and nothing is read twice when it is back', async () => {
  const { of, clock, counted, store } = anInstallation([{ token: 'the-first-long-token' }]);
  await of();
  store.isAway = true;
  clock.nowMs = 1000;
  for (let times = 1; times <= 2; times += 1) await expect(of()).rejects.toThrow('away');
  store.isAway = false;
  await of();
  expect(counted).toEqual({ looks: 4, reads: 1, opened: 1 });
});

test('a thousand secrets are decrypted in parts, between which others have their turn', async () => {
  const { of, counted } = anInstallation(thousand.map((place) => ({ token: `a-long-token-${place}` })));
  const seen: number[] = [];
  const loading = of();
  while (counted.opened < 1000 && seen.length < 1000) {
    seen.push(counted.opened);
    await new Promise((resolve) => setImmediate(resolve));
  }
  seen.push(counted.opened);
  await loading;
  const parts = seen.map((opened, place) => opened - (seen[place - 1] ?? 0));
  expect(Math.max(...parts)).toBeLessThanOrEqual(100);
  expect(counted.opened).toBe(1000);
});
