import type { Callback } from '../../../src/domain/callbacks/callback.schema.ts';
import type { Communication } from '../../../src/domain/campaigns/communication.schema.ts';
import type { CampaignStore, NewCommunication } from '../../../src/ports/index.ts';
import { heldOf, pageOf, type Memory } from './memory.ts';

export function createFakeCampaignStore(memory: Memory): CampaignStore {
  const { campaigns, communications, batches, callbacks } = memory;
  const statusOf = (id: string): Communication['status'] => {
    const own = [...batches.values()].filter(({ communicationId }) => communicationId === id);
    if (own.length === 0) return 'PENDING';
    return own.every(({ completedAt }) => completedAt !== null) ? 'COMPLETE' : 'IN_PROGRESS';
  };

  return {
    async create(campaign) {
      campaigns.set(campaign.id, structuredClone(campaign));
    },

    async find(id) {
      return structuredClone(campaigns.get(id) ?? null);
    },

    async addCommunication(communication) {
      const { id } = communication;
      communications.set(id, communication);
      callbacks.set(`${id}/communication`, {
        callback: unitOf(communication),
        auth: null,
        clientCertificate: null,
        signingSecrets: [],
      });
    },

    async putCallback(communicationId, callback, { keepsCredentials }) {
      const stored = communications.get(communicationId);
      if (!stored) return;
      const before = stored.callbacks.find(({ event }) => event === callback.event);
      const { authType, authShown, sealedAuth } = keepsCredentials && before ? before : callback;
      const others = stored.callbacks.filter(({ event }) => event !== callback.event);
      const callbacks = [...others, { ...callback, authType, authShown, sealedAuth }];
      communications.set(communicationId, { ...stored, callbacks });
    },

    async findCommunication(id) {
      const stored = communications.get(id);
      const unit = callbacks.get(`${id}/communication`)?.callback;
      if (!stored || !unit) return null;
      const { state, disabled_at, disabled_reason } = unit;
      return {
        ...{ ...stored, state, disabled_at, disabled_reason },
        status: statusOf(id),
        held: heldOf(memory, id).length,
        callbacks: stored.callbacks.map(toShown).sort((one, other) => (one.event < other.event ? -1 : 1)),
      };
    },

    async history(communicationId, page) {
      const rows = [...memory.notifications]
        .filter(([, { communicationId: own }]) => own === communicationId)
        .flatMap(([notificationId]) =>
          (memory.statuses.get(notificationId) ?? []).map(({ callbackId, details, ...row }) => ({
            notificationId,
            ...row,
          })),
        )
        .sort((one, other) =>
          one.notificationId === other.notificationId
            ? other.sequence - one.sequence
            : one.notificationId < other.notificationId
              ? 1
              : -1,
        );
      return pageOf(rows, page, ({ notificationId, sequence }) => `${notificationId}_${sequence}`);
    },
  };
}

function unitOf({ id, notification_list, created_at }: NewCommunication): Callback {
  return {
    ...{ id, event: 'communication' as never, url: '', auth: { type: 'none' }, has_bearer_token: false },
    ...{ client_certificate: null, signing: { enabled: false }, filter: {}, notification_list },
    policy: { attempts: 1, interval_seconds: 1, timeout_seconds: 1 },
    ...{ warn_after_attempts: null, max_in_flight: 16, rate_per_second: null, state: 'enabled' },
    ...{ disabled_at: null, disabled_reason: null, held: 0, version: 1 },
    ...{ created_at, updated_at: created_at },
  };
}

function toShown({
  event,
  method,
  url,
  names,
  policy,
  authType,
  authShown,
}: NewCommunication['callbacks'][number]): Communication['callbacks'][number] {
  return {
    ...{ event, method, url, names },
    policy: {
      attempts: policy.attempts,
      interval_seconds: policy.intervalSeconds,
      timeout_seconds: policy.timeoutSeconds,
    },
    credentials: { type: authType === 'api_key' ? 'header' : (authType as 'none'), ...authShown },
  };
}
