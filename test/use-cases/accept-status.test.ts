import { createAcceptor } from '../../src/use-cases/acceptance/accept-events.ts';
import { v7 as uuidv7 } from 'uuid';
import { createAcceptStatus } from '../../src/use-cases/acceptance/accept-status.ts';
import type { StatusStore } from '../../src/ports/index.ts';
import { aNewNotification, aService } from '../support/builders.ts';
import { createFakePorts } from '../support/fake-ports.ts';
import { noDispatchSink, noMetrics, operator } from '../support/db-fixture.ts';

async function withNotifications(...profiles: string[]) {
  const ports = createFakePorts();
  const ids: string[] = [];
  for (const profile of profiles) {
    const service = aService({ profile });
    await ports.services.create(service);
    const given = aNewNotification({ service_id: service.id });
    await ports.notifications.register(given);
    ids.push(given.notification.id);
  }
  const accepting = (changes: Partial<StatusStore> = {}) =>
    createAcceptStatus(
      createAcceptor({
        statuses: { ...ports.statuses, ...changes },
        dispatchSink: noDispatchSink,
        metrics: noMetrics,
        now: ports.now,
      }),
    );
  return { ports, ids, accepting };
}

const body = { status: 'sending' };

test('what is wrong with one request is nothing to the others of its group', async () => {
  const { ids, accepting } = await withNotifications('govuk-notify', 'of a later version');
  const [good = '', unknownProfile = ''] = ids;
  const accept = accepting();
  const outcomes = await Promise.allSettled([
    accept(operator, unknownProfile, body),
    accept(operator, good, body),
    accept(operator, uuidv7(), body),
    accept(operator, good, { status: 'no such status' }),
  ]);
  expect(outcomes).toMatchObject([
    { status: 'rejected', reason: { code: 'INTERNAL' } },
    { status: 'fulfilled', value: { sequence: 1 } },
    { status: 'rejected', reason: { code: 'NOT_FOUND' } },
    { status: 'rejected', reason: { code: 'INVALID_INPUT' } },
  ]);
});

test('what was committed is answered as accepted, though the rest of the group then fails', async () => {
  const { ports, ids, accepting } = await withNotifications('govuk-notify', 'govuk-notify');
  const [taken = '', stale = ''] = ids;
  let loads = 0;
  const accept = accepting({
    loadForAcceptance: (keys) => {
      loads += 1;
      return loads === 1
        ? ports.statuses.loadForAcceptance(keys)
        : Promise.reject(new Error('the database is away'));
    },
    commit: (plans, owner) =>
      ports.statuses.commit(
        plans.filter(({ notificationId }) => notificationId === taken),
        owner,
      ),
  });
  const outcomes = await Promise.allSettled([accept(operator, taken, body), accept(operator, stale, body)]);
  expect(outcomes).toMatchObject([
    { status: 'fulfilled', value: { sequence: 1, duplicate: false } },
    { status: 'rejected', reason: { message: 'the database is away' } },
  ]);
});

test('gives up on a notification that rivals never let it have, and says to try again', async () => {
  const { ids, accepting } = await withNotifications('govuk-notify');
  const accept = accepting({ commit: async () => new Set() });
  await expect(accept(operator, ids[0] ?? '', body)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});
