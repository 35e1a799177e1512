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

async function withNotification(changes: Record<string, unknown> = {}) {
  const app = await createTestApp();
  const { as } = await app.addService();
  const id = await app.addNotification(as, changes);
  const history = async () =>
    (await app.call('GET', `/v1/notifications/${id}/callbacks`)).json<{ items: { status: string }[] }>()
      .items;
  const timeOut = () => timeOutNotification(app.ports, id);
  const letHoursPass = (hours: number) => {
    const stored = app.ports.memory.notifications.get(id);
    if (stored) stored.storedAtMs -= hours * 3_600_000;
  };
  const accept = (status: string) =>
    app.call('POST', `/v1/notifications/${id}/statuses`, { as, body: { status } });
  return { ...app, id, history, timeOut, letHoursPass, accept };
}

test('the status is accepted as any other, and once, however often the clock strikes', async () => {
  const { history, timeOut, letHoursPass, accept, call, id } = await withNotification();
  await accept('sending');
  letHoursPass(72);
  await timeOut();
  await timeOut();
  expect((await history()).map(({ status }) => status)).toEqual(['sending', 'temporary-failure']);
  expect((await call('GET', `/v1/notifications/${id}`)).json()).toMatchObject({
    status: 'temporary-failure',
  });
});

test('it is accepted once, though two workers do it at the same moment', async () => {
  const { history, timeOut, letHoursPass } = await withNotification();
  letHoursPass(72);
  await Promise.all([timeOut(), timeOut()]);
  expect((await history()).map(({ status }) => status)).toEqual(['temporary-failure']);
});

test('what was heard of in time is left as it is', async () => {
  const { history, timeOut, letHoursPass, accept } = await withNotification();
  letHoursPass(72);
  await accept('delivered');
  await timeOut();
  expect((await history()).map(({ status }) => status)).toEqual(['delivered']);
});

test('of a notification that is not there any more nothing is said', async () => {
  const { ports } = await createTestApp();
  await expect(timeOutNotification(ports, '9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10')).resolves.toEqual({
    kind: 'nothing to do',
  });
});

test('what contradicts the time-out later is kept and marked, and changes nothing', async () => {
  const { history, timeOut, letHoursPass, accept, call, id } = await withNotification();
  letHoursPass(72);
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

test('called before its time it accepts nothing, and says how long there is to wait', async () => {
  const { history, timeOut, letHoursPass } = await withNotification({ created_at: '2020-01-01T00:00:00Z' });
  letHoursPass(71);
  const end = await timeOut();
  expect(end).toMatchObject({ kind: 'early' });
  expect(end.kind === 'early' && Math.abs(end.seconds - 3600)).toBeLessThan(60);
  expect(await history()).toEqual([]);
});

test('a letter is never timed out, whoever calls', async () => {
  const { history, timeOut, letHoursPass } = await withNotification({
    notification_type: 'letter',
    to: '1 High Street, London',
  });
  letHoursPass(1000);
  expect(await timeOut()).toEqual({ kind: 'nothing to do' });
  expect(await history()).toEqual([]);
});
