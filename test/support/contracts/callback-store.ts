import { v7 as uuidv7 } from 'uuid';
import type { CallbackStore, ServiceStore } from '../../../src/ports/index.ts';
import { aService, callbackSettings } from '../builders.ts';

type Stores = { services: ServiceStore; callbacks: CallbackStore };

const bearer = { type: 'bearer', sealed: Buffer.from('sealed') } as const;

/** What every CallbackStore does; `makeStores` gives empty ones over one database. */
export function describeCallbackStore(makeStores: () => Promise<Stores>): void {
  describe('a callback store', () => {
    const withService = async () => {
      const { services, callbacks } = await makeStores();
      const service = aService();
      await services.create(service);
      return { callbacks, serviceId: service.id };
    };

    it('shows a callback as it was created, without its secret', async () => {
      const { callbacks, serviceId } = await withService();
      const id = uuidv7();
      const filter = {
        statuses: ['delivered'],
        notification_types: ['sms' as const],
        template_ids: [uuidv7()],
      };
      const settings = callbackSettings({ auth: bearer, filter, notificationList: ['ops@example.com'] });

      const { callback, wasCreated } = await callbacks.put(id, serviceId, 'delivery_status', settings);

      expect(wasCreated).toBe(true);
      expect(callback).toMatchObject({
        id,
        event: 'delivery_status',
        url: settings.url,
        auth: { type: 'bearer' },
        has_bearer_token: true,
        policy: { attempts: 5, interval_seconds: 300, timeout_seconds: 120 },
        filter,
        notification_list: ['ops@example.com'],
        state: 'enabled',
        disabled_at: null,
        disabled_reason: null,
        held: 0,
        version: 1,
      });
      expect(JSON.stringify(callback)).not.toContain('sealed');
      expect(await callbacks.find(serviceId, 'delivery_status')).toEqual(callback);
    });

    it('keeps its id over a replacement, and counts the versions', async () => {
      const { callbacks, serviceId } = await withService();
      const first = await callbacks.put(uuidv7(), serviceId, 'delivery_status', callbackSettings());
      const url = 'https://example.com/elsewhere';
      const second = await callbacks.put(uuidv7(), serviceId, 'delivery_status', callbackSettings({ url }));
      expect(second.wasCreated).toBe(false);
      expect(second.callback).toMatchObject({ id: first.callback.id, version: 2, url });
    });

    it('keeps the credential over a replacement that gives none', async () => {
      const { callbacks, serviceId } = await withService();
      await callbacks.put(uuidv7(), serviceId, 'delivery_status', callbackSettings({ auth: bearer }));
      const { callback } = await callbacks.put(uuidv7(), serviceId, 'delivery_status', callbackSettings());
      expect(callback).toMatchObject({ auth: { type: 'bearer' }, has_bearer_token: true });
    });

    it('drops the credential for the explicit none', async () => {
      const { callbacks, serviceId } = await withService();
      await callbacks.put(uuidv7(), serviceId, 'delivery_status', callbackSettings({ auth: bearer }));
      const none = callbackSettings({ auth: { type: 'none', sealed: Buffer.from('none') } });
      const { callback } = await callbacks.put(uuidv7(), serviceId, 'delivery_status', none);
      expect(callback).toMatchObject({ auth: { type: 'none' }, has_bearer_token: false });
    });

    it('removes a callback once, and starts anew with the next', async () => {
      const { callbacks, serviceId } = await withService();
      const settings = callbackSettings({ auth: bearer });
      const first = await callbacks.put(uuidv7(), serviceId, 'delivery_status', settings);

      expect(await callbacks.remove(serviceId, 'delivery_status')).toBe(true);
      expect(await callbacks.remove(serviceId, 'delivery_status')).toBe(false);
      expect(await callbacks.find(serviceId, 'delivery_status')).toBeNull();

      const again = await callbacks.put(uuidv7(), serviceId, 'delivery_status', callbackSettings());
      expect(again.wasCreated).toBe(true);
      expect(again.callback).toMatchObject({ version: 1, has_bearer_token: false });
      expect(again.callback.id).not.toBe(first.callback.id);
    });
  });
}
