import { fromDate } from '../../../src/domain/instant.ts';
import type { ConfiguredProvider } from '../../../src/domain/provider.schema.ts';
import type {
  EarlyReceipt,
  NamedMessage,
  ProviderSettings,
  ProviderStore,
  ReceiptStore,
} from '../../../src/ports/index.ts';
import type { Memory } from './memory.ts';

export function createFakeProviderStore({ services }: Memory): ProviderStore {
  const all = new Map<string, { stored: ConfiguredProvider; settings: ProviderSettings }>();
  let changes = 0;
  return {
    async put(serviceId, provider, settings) {
      const key = `${serviceId}/${provider}`;
      const now = fromDate(new Date());
      const before = all.get(key);
      const stored: ConfiguredProvider = {
        ...{ provider, service_id: serviceId, credential_type: settings.credentialType },
        ...{ inbound_numbers: settings.inboundNumbers, public_url: settings.publicUrl },
        ...{ created_at: before?.stored.created_at ?? now, updated_at: now },
      };
      const profile = services.get(serviceId)?.profile ?? '';
      changes += 1;
      all.set(key, { stored, settings: { ...settings, serviceId, profile } });
      return { stored, wasCreated: before === undefined };
    },

    async remove(serviceId, provider) {
      changes += 1;
      return all.delete(`${serviceId}/${provider}`);
    },

    async of(provider) {
      return [...all.values()]
        .filter(({ stored }) => stored.provider === provider)
        .map(({ settings }) => settings);
    },

    async changes() {
      return String(changes);
    },

    async unchecked() {
      return [...all.values()]
        .filter(({ stored }) => stored.credential_type === 'none')
        .map(({ stored }) => ({ serviceId: stored.service_id, provider: stored.provider }));
    },
  };
}

export function createFakeReceiptStore({
  notifications,
  services,
}: Memory): ReceiptStore & { early: EarlyReceipt[] } {
  const early: EarlyReceipt[] = [];
  return {
    early,

    async find({ provider, namesBy, reference }, serviceIds) {
      const named = [...notifications.values()].flatMap(({ notification, destinations }): NamedMessage[] => {
        const { id, service_id: serviceId, status, notification_type: notificationType } = notification;
        if (!serviceIds.includes(serviceId)) return [];
        const message = {
          ...{ notificationId: id, serviceId, status, notificationType },
          profile: services.get(serviceId)?.profile ?? '',
        };
        const isOthers = notification.provider !== null && notification.provider !== provider;
        const isNamed =
          namesBy === 'id'
            ? id === reference.toLowerCase() && notificationType !== 'member'
            : notification.provider_reference === reference;
        const destination = destinations?.find(
          (own) => namesBy === 'reference' && own.reference === reference,
        );
        return [
          ...(isNamed && !isOthers ? [{ ...message, destination: null }] : []),
          ...(destination
            ? [
                {
                  ...message,
                  destination: {
                    to: destination.address,
                    type: destination.type,
                    provider: destination.provider,
                  },
                },
              ]
            : []),
        ];
      });
      return [...new Map(named.map((message) => [message.serviceId, message])).values()];
    },

    async keepEarly(kept) {
      if (early.some(({ id }) => id === kept.id)) return;
      early.push({ ...kept, receivedAt: fromDate(new Date()) });
    },

    async dueEarly(limit) {
      return early.slice(0, limit);
    },

    async doneEarly(id) {
      early.splice(
        early.findIndex((own) => own.id === id),
        1,
      );
    },
  };
}
