import { createAcceptor } from '../../../src/use-cases/acceptance/accept-events.ts';
import { v7 as uuidv7 } from 'uuid';
import type {
  CallbackStore,
  CommunicationStore,
  DrainStore,
  NotificationStore,
  ServiceStore,
  StatusStore,
} from '../../../src/ports/index.ts';
import { createAcceptStatus } from '../../../src/use-cases/acceptance/accept-status.ts';
import { aNewNotification, aService, callbackSettings } from '../builders.ts';
import { noDispatchSink, noMetrics, operator } from '../db-fixture.ts';

type Stores = {
  services: ServiceStore;
  callbacks: CallbackStore;
  notifications: NotificationStore;
  statuses: StatusStore;
  communications: CommunicationStore;
  drains: DrainStore;
};

const event = 'delivery_status';

/** What every CommunicationStore does with its DrainStore; `makeStores` gives empty ones over one database. */
export function describeCommunicationStore(makeStores: () => Promise<Stores>): void {
  describe('a communication store', () => {
    const withCallback = async () => {
      const stores = await makeStores();
      const service = aService();
      await stores.services.create(service);
      const settings = callbackSettings({ filter: { statuses: ['sending', 'sent', 'delivered'] } });
      await stores.callbacks.put(uuidv7(), service.id, event, settings);
      const accept = createAcceptStatus(
        createAcceptor({
          statuses: stores.statuses,
          dispatchSink: noDispatchSink,
          metrics: noMetrics,
          now: () => new Date(),
        }),
      );
      return {
        ...stores,
        serviceId: service.id,
        disable: () => stores.communications.disable(service.id, event, 'It was asked for.'),
        enable: (ratePerSecond: number | null = null) =>
          stores.communications.enable(service.id, event, { newId: uuidv7(), ratePerSecond }),
        find: () => stores.callbacks.find(service.id, event),
        /** Accepts these for a new notification, whose id it gives. */
        accept: async (...statuses: string[]): Promise<string> => {
          const given = aNewNotification({ service_id: service.id });
          await stores.notifications.register(given);
          for (const status of statuses) await accept(operator, given.notification.id, { status });
          return given.notification.id;
        },
        statesOf: async (id: string) => (await stores.statuses.history(id)).map(({ state }) => state),
      };
    };

    it('disables once: a second time changes neither reason nor version', async () => {
      const { communications, serviceId, disable, find } = await withCallback();
      await disable();
      await communications.disable(serviceId, event, 'Another reason.');
      const callback = await find();
      expect(callback).toMatchObject({
        state: 'disabled',
        disabled_reason: 'It was asked for.',
        version: 2,
      });
      expect(callback?.disabled_at).not.toBeNull();
    });

    it('stays disabled over another configuration', async () => {
      const { callbacks, serviceId, disable, find } = await withCallback();
      await disable();
      await callbacks.put(uuidv7(), serviceId, event, callbackSettings());
      expect(await find()).toMatchObject({ state: 'disabled', version: 3 });
    });

    it('holds what is accepted while it is disabled, and counts it', async () => {
      const { disable, accept, statesOf, find } = await withCallback();
      await disable();
      const id = await accept('sending', 'created', 'delivered');
      expect(await statesOf(id)).toEqual(['held', 'skipped', 'held']);
      expect((await find())?.held).toBe(2);
    });

    it('enables, and releases what was held step by step until nothing is', async () => {
      const { drains, disable, enable, accept, statesOf, find } = await withCallback();
      await disable();
      const first = await accept('sending', 'sent');
      const second = await accept('sending');

      const started = await enable(7);

      expect(started?.held).toBe(3);
      expect(await find()).toMatchObject({ state: 'enabled', disabled_at: null, disabled_reason: null });
      const id = started?.drainId ?? '';
      expect(await drains.release(id, 2)).toMatchObject({ state: 'running', held: 3, released: 2 });
      expect([await statesOf(first), await statesOf(second)]).toEqual([['pending', 'pending'], ['held']]);
      expect(await drains.release(id, 2)).toMatchObject({ state: 'done', held: 3, released: 3 });
      expect(await statesOf(second)).toEqual(['pending']);
      const found = await drains.find(id);
      expect(found?.drain).toMatchObject({ state: 'done', rate_per_second: 7 });
      expect(found?.drain.finished_at).not.toBeNull();
    });

    it('has a drain that is done at once where nothing was held', async () => {
      const { drains, disable, enable } = await withCallback();
      await disable();
      const started = await enable();
      expect(started?.held).toBe(0);
      expect((await drains.find(started?.drainId ?? ''))?.drain).toMatchObject({
        state: 'done',
        released: 0,
      });
    });

    it('names the drain that is under way when it is enabled again meanwhile', async () => {
      const { drains, disable, enable, accept } = await withCallback();
      await disable();
      await accept('sending', 'sent');
      const first = await enable();
      await drains.release(first?.drainId ?? '', 1);
      await disable();
      await accept('sending');

      const second = await enable();

      expect(second).toEqual({ drainId: first?.drainId, held: 2 });
      expect(await drains.release(first?.drainId ?? '', 10)).toMatchObject({
        state: 'done',
        held: 3,
        released: 3,
      });
    });

    it('keeps the rest held when a drain is cancelled, for the next one', async () => {
      const { drains, disable, enable, accept, find } = await withCallback();
      await disable();
      await accept('sending', 'sent', 'delivered');
      const first = await enable();
      await drains.release(first?.drainId ?? '', 1);
      await drains.cancel(first?.drainId ?? '');

      expect(await drains.release(first?.drainId ?? '', 10)).toMatchObject({
        state: 'cancelled',
        released: 1,
      });
      expect((await find())?.held).toBe(2);
      const second = await enable();
      expect(second?.held).toBe(2);
      expect(second?.drainId).not.toBe(first?.drainId);
    });

    it('interrupts a drain whose communication is disabled again', async () => {
      const { drains, disable, enable, accept, find } = await withCallback();
      await disable();
      await accept('sending', 'sent');
      const started = await enable();
      await disable();
      expect(await drains.release(started?.drainId ?? '', 10)).toMatchObject({
        state: 'interrupted',
        released: 0,
      });
      expect((await find())?.held).toBe(2);
    });

    it('knows nothing of a callback or a drain that does not exist', async () => {
      const { communications, drains, services } = await withCallback();
      const other = aService();
      await services.create(other);
      await communications.disable(other.id, event, 'It was asked for.');
      expect(
        await communications.enable(other.id, event, { newId: uuidv7(), ratePerSecond: null }),
      ).toBeNull();
      expect(await communications.versions(other.id, event, { limit: 10 })).toEqual({
        items: [],
        nextCursor: null,
      });
      expect(await drains.find(uuidv7())).toBeNull();
      expect(await drains.release(uuidv7(), 1)).toBeNull();
    });

    it('tells who changed what, the newest first, page by page, and of secrets only that they were changed', async () => {
      const { callbacks, communications, serviceId, disable, enable } = await withCallback();
      const auth = { type: 'bearer', sealed: Buffer.from('sealed') } as const;
      const url = 'https://example.com/elsewhere';
      await callbacks.put(uuidv7(), serviceId, event, callbackSettings({ url, auth }));
      await disable();
      await enable();

      const first = await communications.versions(serviceId, event, { limit: 3 });
      const second = await communications.versions(serviceId, event, {
        limit: 3,
        cursor: first.nextCursor ?? '',
      });

      const all = [...first.items, ...second.items];
      expect(all.map(({ version, change, changed_by: by }) => [version, change, by])).toEqual([
        [4, 'enabled', 'operator'],
        [3, 'disabled', 'operator'],
        [2, 'configured', 'operator'],
        [1, 'configured', 'operator'],
      ]);
      expect(second.nextCursor).toBeNull();
      expect(all[1]?.changed.sort()).toEqual(['disabled_reason', 'state']);
      expect(all[1]?.secrets).toEqual({ auth: 'unchanged', client_certificate: null, signing_secret: null });
      expect(all[2]?.changed.sort()).toEqual(['auth', 'filter', 'url']);
      expect(all[2]?.secrets.auth).toBe('changed');
      expect(all[2]?.settings).toMatchObject({ url, auth: { type: 'bearer' } });
      expect(JSON.stringify(all)).not.toContain('sealed');
    });
  });
}
