// A receiver that hangs beside one that does not, on a whole installation.
import { createInstallation, type Installation } from '../support/installation.ts';
import { createReceivers } from '../support/recording-receiver.ts';
import { createService } from '../support/service-fixture.ts';
import { pause, until } from '../support/until.ts';

/** Longer than a first attempt may hold its workflow task. */
const hangMs = 8_000;

let ringback: Installation;
const receivers = createReceivers();

beforeAll(async () => {
  ringback = await createInstallation();
  await ringback.start();
}, 120_000);

afterAll(async () => {
  await ringback.remove();
  await receivers.stop();
}, 60_000);

test('a receiver that hangs has its own places and no more, each exchange is made once, and nobody else waits for it', async () => {
  let open = 0;
  let mostOpen = 0;
  const hanging = await receivers.that(async () => {
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    await pause(hangMs);
    open -= 1;
    return 200;
  });
  const healthy = await receivers.that(() => 200);
  const policy = { timeout_seconds: 120 };
  const slow = await createService(ringback, hanging.url, policy);
  const quick = await createService(ringback, healthy.url, policy);
  const slowIds = await Promise.all(Array.from({ length: 40 }, () => slow.register()));
  const quickIds = await Promise.all(Array.from({ length: 40 }, () => quick.register()));

  await Promise.all(slowIds.map((id) => slow.accept(id, 'delivered')));
  await until('it hangs', () => open > 0);
  for (const status of ['sending', 'delivered'])
    await Promise.all(quickIds.map((id) => quick.accept(id, status)));
  await until('the healthy callbacks', () => healthy.received.length === 80);
  // Before the hanging one has answered for the first time.
  expect(hanging.received).toEqual([]);
  for (const id of quickIds)
    expect(healthy.received.flatMap((post) => (post.id === id ? [post.sequence] : []))).toEqual([1, 2]);

  await until('the hanging callbacks', () => hanging.received.length === 40, 120);
  const histories = async () =>
    (await Promise.all(slowIds.map((id) => slow.history(id)))).flatMap(({ body }) => body.items);
  await until('they are recorded', async () =>
    (await histories()).every(({ state }) => state === 'delivered'),
  );
  expect(mostOpen).toBeLessThanOrEqual(16);
  expect(new Set(hanging.received.map(({ id }) => id)).size).toBe(40);
  expect((await histories()).map(({ attempts }) => attempts.length)).toEqual(slowIds.map(() => 1));
}, 240_000);

test('an own URL that hangs, with more waiting than it may have at once, holds up no other own URL of its service', async () => {
  let open = 0;
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const hanging = await receivers.that(async () => {
    open += 1;
    await released;
    return 200;
  });
  const healthy = await receivers.that(() => 200);
  const service = await createService(ringback, hanging.url, { timeout_seconds: 120 });
  const own = { callback_bearer_token: 'the-receivers-own-secret' };
  const registered = (url: string, count: number) =>
    Promise.all(Array.from({ length: count }, () => service.register({ callback_url: url, ...own })));
  const slowIds = await registered(hanging.url, 40);
  const quickIds = await registered(healthy.url, 40);

  await Promise.all(slowIds.map((id) => service.accept(id, 'delivered')));
  await until('all that it may have at once are open', () => open === 16);
  await Promise.all(quickIds.map((id) => service.accept(id, 'delivered')));
  await until('the other own URL has its statuses', () => healthy.received.length === 40);
  expect(hanging.received).toEqual([]);
  expect(open).toBe(16);

  release();
  await until('the one that hung has its own', () => hanging.received.length === 40);
}, 240_000);

test('a process that is killed while it has an exchange open has exactly one made in its place', async () => {
  let asked = 0;
  const receiver = await receivers.that(async () => {
    asked += 1;
    if (asked === 1) await new Promise(() => undefined);
    return 200;
  });
  const service = await createService(ringback, receiver.url, { timeout_seconds: 120 });
  const id = await service.register();
  await service.accept(id, 'delivered');
  await until('it hangs', () => asked === 1);
  await pause(6_000);

  process.kill(await ringback.pidOf('app'), 'SIGKILL');

  await until(
    'the delivery',
    async () => (await service.history(id).catch(() => null))?.body.items[0]?.state === 'delivered',
    120,
  );
  expect(asked).toBe(2);
  expect((await service.history(id)).body.items[0]?.attempts).toHaveLength(1);
}, 240_000);
