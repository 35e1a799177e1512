// A communication from its last failure to the delivery of what was held, with everything real: server, database, mail.
import { createInstallation, type Installation } from '../support/installation.ts';
import { startMailServer, textOf } from '../support/mail-server.ts';
import { createReceivers } from '../support/recording-receiver.ts';
import { createService, fiveStatuses, type TestService } from '../support/service-fixture.ts';
import { until } from '../support/until.ts';

type Callback = { state: string; disabled_reason: string; held: number; version: number };
type Drain = { state: string; held: number; released: number };

let ringback: Installation;
let mailServer: Awaited<ReturnType<typeof startMailServer>>;
/** How many mails the server puts off before it takes any. */
let refusals = 0;
const receivers = createReceivers();

beforeAll(async () => {
  mailServer = await startMailServer({
    onRcptTo: (_address, _session, done) =>
      done(refusals-- > 0 ? Object.assign(new Error('try again later'), { responseCode: 451 }) : null),
  });
  ringback = await createInstallation({
    SMTP_URL: mailServer.url,
    PUBLIC_URL: 'https://ringback.example/',
  });
  await ringback.start();
}, 120_000);

afterAll(async () => {
  await ringback.remove();
  await mailServer.stop();
  await receivers.stop();
}, 60_000);

/** The communication of a service, as its operator sees it. */
async function communicationOf(service: TestService) {
  const admin = await ringback.adminToken();
  const path = `/v1/services/${service.id}/callbacks/delivery_status`;
  return {
    show: async () => (await ringback.call<Callback>('GET', path, admin)).body,
    configure: (settings: object) => ringback.call('PUT', path, admin, settings),
    call: <T>(verb: string, body?: object) => ringback.call<T>('POST', `${path}/${verb}`, admin, body),
    drain: async (id: string) => (await ringback.call<Drain>('GET', `/v1/drains/${id}`, admin)).body,
    versions: async () =>
      (
        await ringback.call<{ items: { change: string; changed_by: string }[] }>(
          'GET',
          `${path}/versions`,
          admin,
        )
      ).body.items,
  };
}

const statesOf = async (service: TestService, id: string) =>
  (await service.history(id)).body.items.map(({ state }) => state);

test('what fails for good is disabled, mailed about, held, and delivered in order to the new URL once it is enabled', async () => {
  const broken = await receivers.that(() => 500);
  const mended = await receivers.that(() => 200);
  const service = await createService(ringback, broken.url);
  const communication = await communicationOf(service);
  const settings = {
    url: broken.url,
    policy: { attempts: 2, interval_seconds: 1, timeout_seconds: 5 },
    filter: { statuses: fiveStatuses },
    notification_list: ['ops@example.com', 'lead@example.com'],
  };
  await communication.configure(settings);
  const id = await service.register();
  refusals = 1;

  await service.accept(id, 'created');
  await until('the disable', async () => (await communication.show()).state === 'disabled');
  await service.accept(id, 'sending');
  await service.accept(id, 'sent');
  expect(await statesOf(service, id)).toEqual(['failed', 'held', 'held']);
  expect(await communication.show()).toMatchObject({
    held: 2,
    disabled_reason: `Status 1 of notification ${id} was tried 2 times without success. The receiver answered 500.`,
  });

  await until('both mails', () => mailServer.taken.length === 2);
  expect(mailServer.taken.flatMap(({ to }) => to).sort()).toEqual(['lead@example.com', 'ops@example.com']);
  const text = textOf(mailServer.taken[0]?.raw ?? '');
  expect(text).toContain(
    `https://ringback.example/v1/services/${service.id}/callbacks/delivery_status/enable`,
  );
  expect(text).toContain(broken.url);
  expect(text).not.toContain('07700900123');

  await communication.configure({ ...settings, url: mended.url });
  const tested = await communication.call<{ outcome: string }>('test');
  expect(tested.body).toMatchObject({ outcome: 'delivered', response_status: 200 });
  const [test] = mended.received.splice(0);
  expect(test?.headers).toMatchObject({
    'ringback-test': 'true',
    authorization: 'Bearer the-receivers-own-secret',
  });
  expect(test?.body).toContain('"reference": "ringback-test"');
  const { status, body } = await communication.call<{ drain_id: string; held: number }>('enable');
  expect([status, body.held]).toEqual([202, 2]);
  await service.accept(id, 'delivered');
  await until('three callbacks', () => mended.received.length === 3);

  expect(mended.received.map(({ sequence }) => sequence)).toEqual([2, 3, 4]);
  expect(broken.received).toHaveLength(2);
  await until('the drain is done', async () => (await communication.drain(body.drain_id)).state === 'done');
  expect(await communication.drain(body.drain_id)).toMatchObject({ held: 2, released: 2 });
  await until('all is delivered', async () =>
    (await statesOf(service, id)).every((state, place) => state === (place === 0 ? 'failed' : 'delivered')),
  );
  expect((await communication.versions()).map(({ change, changed_by: by }) => [change, by])).toEqual([
    ['enabled', 'operator'],
    ['configured', 'operator'],
    ['disabled', 'ringback'],
    ['configured', 'operator'],
    ['configured', 'operator'],
  ]);
}, 90_000);

test('a drain keeps its rate, is watched and cancelled, and leaves the rest held', async () => {
  const receiver = await receivers.that(() => 200);
  const service = await createService(ringback, receiver.url);
  const communication = await communicationOf(service);
  await communication.call('disable', { reason: 'A test of the drain.' });
  const ids = await Promise.all(Array.from({ length: 10 }, () => service.register()));
  for (const id of ids) await service.accept(id, 'sent');

  const { body } = await communication.call<{ drain_id: string; held: number }>('enable', {
    rate_per_second: 2,
  });
  expect(body.held).toBe(10);
  await until('some are released', async () => (await communication.drain(body.drain_id)).released >= 4);
  const admin = await ringback.adminToken();
  const cancelled = await ringback.call<Drain>('POST', `/v1/drains/${body.drain_id}/cancel`, admin);
  expect(cancelled.body).toMatchObject({ state: 'cancelled', held: 10 });
  const { released } = cancelled.body;
  expect(released).toBeLessThan(10);
  await until('what was released arrives', () => receiver.received.length === released);
  expect((await communication.show()).held).toBe(10 - released);

  const again = await communication.call<{ drain_id: string; held: number }>('enable');
  expect(again.body.held).toBe(10 - released);
  await until('the rest arrives', () => receiver.received.length === 10);
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(10);
}, 90_000);

test('500 notifications that fail for good at the same moment, and kill -9 in the middle: one disable, one mail an address', async () => {
  const receiver = await receivers.that(() => 500);
  const service = await createService(ringback, receiver.url);
  const communication = await communicationOf(service);
  await communication.configure({
    url: receiver.url,
    policy: { attempts: 1, interval_seconds: 1, timeout_seconds: 5 },
    filter: { statuses: fiveStatuses },
    notification_list: ['first@example.com', 'second@example.com', 'third@example.com'],
  });
  const { version } = await communication.show();
  const ids = await Promise.all(Array.from({ length: 500 }, () => service.register()));
  const before = mailServer.taken.length;
  refusals = 3;

  const accepting = Promise.all(ids.map((id) => service.accept(id, 'sent').catch(() => null)));
  await until('the mails are being sent', () => refusals < 3);
  process.kill(await ringback.pidOf('app'), 'SIGKILL');
  await accepting;
  await ringback.untilReady();
  // As a caller does that got no answer.
  for (const id of ids) if ((await statesOf(service, id)).length === 0) await service.accept(id, 'sent');
  await until('the mails', () => mailServer.taken.length - before >= 3, 120);
  await until(
    'nothing is open',
    async () => {
      const states = (await Promise.all(ids.map((id) => statesOf(service, id)))).flat();
      return states.length === 500 && states.every((state) => state === 'failed' || state === 'held');
    },
    120,
  );

  expect(await communication.show()).toMatchObject({ state: 'disabled', version: version + 1 });
  expect(
    mailServer.taken
      .slice(before)
      .flatMap(({ to }) => to)
      .sort(),
  ).toEqual(['first@example.com', 'second@example.com', 'third@example.com']);
}, 300_000);
