import { v7 as uuidv7 } from 'uuid';
import type { Notification } from '../../../src/domain/notifications/notification.schema.ts';
import type { NotificationStore, ServiceStore } from '../../../src/ports/index.ts';
import { aNewNotification, aService } from '../builders.ts';

type Stores = { services: ServiceStore; notifications: NotificationStore };

/** What every NotificationStore does; `makeStores` gives empty ones over one database. */
export function describeNotificationStore(makeStores: () => Promise<Stores>): void {
  describe('a notification store', () => {
    const withService = async () => {
      const { services, notifications } = await makeStores();
      const service = aService();
      await services.create(service);
      const register = async (changes: Partial<Notification> = {}): Promise<Notification> => {
        const given = aNewNotification({ service_id: service.id, ...changes });
        await notifications.register(given);
        return given.notification;
      };
      return { services, notifications, serviceId: service.id, register };
    };

    it('finds a notification as it was registered, to the microsecond', async () => {
      const { notifications, register } = await withService();
      const registered = await register({
        to: 'Zoë <zoë@example.com> 📮',
        notification_type: 'letter',
        template_id: uuidv7(),
        template_version: 3,
        sent_at: '2026-06-15T11:30:01.000001Z',
        sent_by: 'dvla',
        spreadsheet_row_number: 0,
      });
      expect(await notifications.find(registered.id)).toEqual(registered);
    });

    it('finds nothing under an id that was never registered', async () => {
      const { notifications } = await withService();
      expect(await notifications.find(uuidv7())).toBeNull();
    });

    it('answers a second registration of an id with what the first one stored', async () => {
      const { notifications, serviceId } = await withService();
      const first = aNewNotification({ service_id: serviceId }, 'first');
      const second = aNewNotification(
        { service_id: serviceId, id: first.notification.id, to: 'x' },
        'second',
      );

      expect((await notifications.register(first)).wasCreated).toBe(true);
      const answer = await notifications.register(second);

      expect(answer.wasCreated).toBe(false);
      expect(answer.stored.notification).toEqual(first.notification);
      expect([...answer.stored.requestDigest]).toEqual([...first.requestDigest]);
    });

    it('stores one of many registrations of an id at the same time', async () => {
      const { notifications, serviceId } = await withService();
      const given = aNewNotification({ service_id: serviceId });
      const answers = await Promise.all(Array.from({ length: 10 }, () => notifications.register(given)));
      expect(answers.filter(({ wasCreated }) => wasCreated)).toHaveLength(1);
    });

    it('finds letters by any of their references, and of another service only when all are asked for', async () => {
      const { services, notifications, serviceId, register } = await withService();
      const letter = { notification_type: 'letter', reference: null } as const;
      const byReference = await register({ ...letter, reference: 'ours-1' });
      const byProvider = await register({ ...letter, provider_reference: 'dvla-1' });
      const byId = await register(letter);
      await register({ notification_type: 'email', reference: 'ours-1' });
      const other = aService();
      await services.create(other);
      const trial = await register({ ...letter, key_type: 'test', reference: 'ours-1' });
      const theirs = await register({ ...letter, service_id: other.id, reference: 'ours-1' });
      const wanted = ['ours-1', 'dvla-1', byId.id, 'nobody'];

      const own = await notifications.findLetters(wanted, { serviceId, keyTypes: ['live'] }, 10);
      const all = await notifications.findLetters(wanted, null, 10);
      expect(await notifications.findLetters(wanted, null, 2)).toHaveLength(2);

      const inOrder = (found: typeof own) => found.map(({ id, reference }) => `${reference} ${id}`).sort();
      const expected = [`ours-1 ${byReference.id}`, `dvla-1 ${byProvider.id}`, `${byId.id} ${byId.id}`];
      expect(inOrder(own)).toEqual([...expected].sort());
      expect(inOrder(all)).toEqual([...expected, `ours-1 ${theirs.id}`, `ours-1 ${trial.id}`].sort());
    });

    it('lists every notification once over its pages, the newest first', async () => {
      const { notifications, serviceId, register } = await withService();
      const times = ['11:30:00.000001', '11:30:00.000002', '11:30:00.000002', '11:30:00.000003'];
      const registered = [];
      for (const time of times) registered.push(await register({ created_at: `2026-06-15T${time}Z` }));

      const first = await notifications.list({ limit: 3, service_id: serviceId });
      const second = await notifications.list({
        limit: 3,
        service_id: serviceId,
        cursor: first.nextCursor ?? '',
      });

      const ids = [first, second].flatMap(({ items }) => items).map(({ id }) => id);
      expect(ids).toEqual(registered.map(({ id }) => id).reverse());
      expect(second.nextCursor).toBeNull();
    });

    it.each([
      ['reference', { reference: 'wanted' }, { reference: 'wanted' }],
      ['status', { status: 'delivered' }, { status: 'delivered' }],
      ['type', { notification_type: 'sms' }, { notification_type: 'sms' }],
      ['type of key', { key_type: 'test' }, { keyTypes: ['test'] }],
      ['statuses', { status: 'delivered' }, { statuses: ['delivered', 'permanent-failure'] }],
      ['types', { notification_type: 'letter' }, { types: ['letter', 'sms'] }],
      [
        'earliest time',
        { created_at: '2026-06-16T00:00:00.000000Z' },
        { since: '2026-06-16T00:00:00.000000Z' },
      ],
      [
        'latest time',
        { created_at: '2026-06-14T23:59:59.999999Z' },
        { until: '2026-06-15T00:00:00.000000Z' },
      ],
    ] as const)('lists only what has the %s that is asked for', async (_what, changes, query) => {
      const { notifications, register } = await withService();
      await register();
      const wanted = await register(changes);
      expect((await notifications.list({ limit: 10, ...query })).items).toEqual([wanted]);
    });

    it('keeps the URL that a notification brings', async () => {
      const { notifications, serviceId } = await withService();
      const given = aNewNotification({ service_id: serviceId, callback_url: 'https://example.com/own' });
      const policy = { attempts: 5, intervalSeconds: 300, timeoutSeconds: 120 };
      await notifications.register({ ...given, own: { sealedToken: Buffer.from('sealed'), policy } });
      expect(await notifications.find(given.notification.id)).toEqual(given.notification);
    });

    it("lists only the service's own when one is asked for", async () => {
      const { services, notifications, serviceId, register } = await withService();
      const wanted = await register();
      const other = aService();
      await services.create(other);
      await register({ service_id: other.id });
      expect((await notifications.list({ limit: 10, service_id: serviceId })).items).toEqual([wanted]);
    });
  });
}
