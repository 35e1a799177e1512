import { statusOfBatch } from '../../../src/domain/campaigns/batch-progress.ts';
import type { Member } from '../../../src/domain/campaigns/batch.schema.ts';
import { fromDate } from '../../../src/domain/instant.ts';
import type { BatchState, BatchStore, NumberedMember, StoredBatch } from '../../../src/ports/index.ts';
import { unregistered, type Memory, type MemoryBatch } from './memory.ts';

export function createFakeBatchStore({
  batches,
  communications,
  callbacks,
  notifications,
}: Memory): BatchStore {
  const isDisabled = ({ communicationId }: MemoryBatch): boolean =>
    callbacks.get(`${communicationId}/communication`)?.callback.state === 'disabled';
  const serviceOf = ({ communicationId }: MemoryBatch): string =>
    communications.get(communicationId)?.service_id ?? '';
  const processedOf = ({ members }: MemoryBatch): number =>
    members.filter(({ id }) => notifications.get(id)?.finalSequence !== null).length;

  const add = (batch: MemoryBatch, members: readonly NumberedMember[]): void => {
    for (const { destinations, ...member } of members) {
      batch.members.push(member);
      notifications.set(member.id, {
        ...unregistered(member.id, serviceOf(batch), destinations[0]?.to ?? '', 'member'),
        communicationId: batch.communicationId,
        destinations: destinations.map(({ type, to, provider = null, provider_reference = null }, place) => ({
          ...{ place, type, address: to, provider, reference: provider_reference },
          ...{ status: null, isProcessed: false },
        })),
      });
    }
  };

  const show = (id: string, batch: MemoryBatch): StoredBatch => ({
    id,
    communication_id: batch.communicationId,
    service_id: serviceOf(batch),
    status: statusOfBatch({
      members: batch.members.length,
      started: batch.started,
      isComplete: batch.completedAt !== null,
      isDisabled: isDisabled(batch),
    }),
    member_count: batch.members.length,
    started_count: batch.started,
    processed_count: processedOf(batch),
    created_at: batch.createdAt,
    closed_at: batch.closedAt,
    completed_at: batch.completedAt,
  });

  const toMember = (batch: MemoryBatch, place: number): Member[] => {
    const member = batch.members[place];
    const own = member && notifications.get(member.id);
    if (!own) return [];
    const { status } = own.notification;
    return [
      {
        id: member.id,
        attributes: { ...member.attributes },
        destinations: (own.destinations ?? []).map(({ type, address, provider, reference, ...rest }) => ({
          ...{ type: type as 'sms', to: address, provider, provider_reference: reference },
          ...{ status: rest.status, processed: rest.isProcessed },
        })),
        status: status === 'created' && place >= batch.started ? 'waiting' : status,
      },
    ];
  };

  return {
    async create({ id, communicationId, serviceId, createdAt }, members) {
      const batch = {
        communicationId,
        createdAt,
        members: [],
        started: 0,
        closedAt: null,
        completedAt: null,
      };
      batches.set(id, batch);
      notifications.set(id, { ...unregistered(id, serviceId, '', 'batch'), communicationId });
      add(batch, members);
    },

    async append(id, members) {
      const batch = batches.get(id);
      if (!batch || batch.closedAt !== null) return false;
      add(batch, members);
      return true;
    },

    async close(id) {
      const batch = batches.get(id);
      if (!batch) return null;
      batch.closedAt ??= fromDate(new Date());
      return show(id, batch);
    },

    async find(id) {
      const batch = batches.get(id);
      return batch ? show(id, batch) : null;
    },

    async members(id, from, limit) {
      const batch = batches.get(id);
      if (!batch) return [];
      return batch.members
        .slice(from, from + limit)
        .flatMap((_member, index) => toMember(batch, from + index));
    },

    async state(id): Promise<BatchState | null> {
      const batch = batches.get(id);
      if (!batch) return null;
      const { communicationId, started } = batch;
      return {
        serviceId: serviceOf(batch),
        communicationId,
        isDisabled: isDisabled(batch),
        members: batch.members.length,
        started,
        processed: processedOf(batch),
        isClosed: batch.closedAt !== null,
        isComplete: batch.completedAt !== null,
        reportsWhenSent:
          communications.get(communicationId)?.callbacks.some(({ event }) => event === 'message_sent') ??
          false,
      };
    },

    async nextToStart(id, limit) {
      const { members, started } = batches.get(id) ?? { members: [], started: 0 };
      const next = members.slice(started, started + limit);
      return {
        ids: next.map((member) => member.id).filter((own) => notifications.get(own)?.finalSequence === null),
        upTo: started + next.length,
      };
    },

    async started(id, upTo) {
      const batch = batches.get(id);
      if (batch) batch.started = Math.max(batch.started, upTo);
    },

    async completable(communicationId) {
      const open = [...batches].filter(
        ([, batch]) => batch.communicationId === communicationId && batch.completedAt === null,
      );
      return open.every(([, batch]) => batch.closedAt !== null && processedOf(batch) >= batch.members.length)
        ? open.map(([id]) => id)
        : [];
    },

    async complete(ids) {
      for (const id of ids) {
        const batch = batches.get(id);
        if (!batch) continue;
        batch.completedAt ??= fromDate(new Date());
        batch.started = batch.members.length;
      }
    },
  };
}
