// What becomes of a notification of which nothing final was heard for 72 hours.
import { gcNotify } from '../../src/profiles/gc-notify.ts';
import { govukNotify } from '../../src/profiles/govuk-notify.ts';
import { notifyGovAu } from '../../src/profiles/notify-gov-au.ts';
import { notifynl } from '../../src/profiles/notifynl.ts';
import { timeOutNotification } from '../../src/use-cases/time-out-notification.ts';
import { createTestApp } from '../support/test-app.ts';

test.each([
  [gcNotify, ['technical-failure', 'temporary-failure', 'temporary-failure', null, null]],
  [notifyGovAu, ['technical-failure', 'temporary-failure', 'temporary-failure', null, null]],
  [govukNotify, ['temporary-failure', 'temporary-failure', 'temporary-failure', null, null]],
  [notifynl, ['temporary-failure', 'temporary-failure', 'temporary-failure', null, null]],
])('$name has these statuses for created, sending, pending, sent and delivered', (profile, expected) => {
  const statuses = ['created', 'sending', 'pending', 'sent', 'delivered'];
  expect(statuses.map(profile.timeoutStatus)).toEqual(expected);
  for (const status of expected) if (status !== null) expect(profile.statuses).toContain(status);
});

async function withNotification() {
  const app = await createTestApp();
  const { as } = await app.addService();
  const id = await app.addNotification(as);
  const history = async () =>
    (await app.call('GET', `/v1/notifications/${id}/callbacks`)).json<{ items: { status: string }[] }>()
      .items;
  const timeOut = () => timeOutNotification(app.ports, id);
  const accept = (status: string) =>
    app.call('POST', `/v1/notifications/${id}/statuses`, { as, body: { status } });
  return { ...app, id, history, timeOut, accept };
}

test('the status is accepted as any other, and once, however often the clock strikes', async () => {
  const { history, timeOut, accept, call, id } = await withNotification();
  await accept('sending');
  await timeOut();
  await timeOut();
  expect((await history()).map(({ status }) => status)).toEqual(['sending', 'temporary-failure']);
  expect((await call('GET', `/v1/notifications/${id}`)).json()).toMatchObject({
    status: 'temporary-failure',
  });
});

test('it is accepted once, though two workers do it at the same moment', async () => {
  const { history, timeOut } = await withNotification();
  await Promise.all([timeOut(), timeOut()]);
  expect((await history()).map(({ status }) => status)).toEqual(['temporary-failure']);
});

test('what was heard of in time is left as it is', async () => {
  const { history, timeOut, accept } = await withNotification();
  await accept('delivered');
  await timeOut();
  expect((await history()).map(({ status }) => status)).toEqual(['delivered']);
});

test('of a notification that is not there any more nothing is said', async () => {
  const { ports } = await createTestApp();
  await expect(timeOutNotification(ports, '9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10')).resolves.toBeUndefined();
});

test('what contradicts the time-out later is kept and marked, and changes nothing', async () => {
  const { history, timeOut, accept, call, id } = await withNotification();
  await timeOut();
  await accept('delivered');
  expect(await history()).toMatchObject([
    { status: 'temporary-failure' },
    { status: 'delivered', state: 'skipped' },
  ]);
  expect((await call('GET', `/v1/notifications/${id}`)).json()).toMatchObject({
    status: 'temporary-failure',
  });
});
