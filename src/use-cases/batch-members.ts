import { v7 as uuidv7 } from 'uuid';
import type { Member, NewMember } from '../domain/batch.schema.ts';
import { AppError, notFound } from '../domain/errors.ts';
import { fromDate } from '../domain/instant.ts';
import type { BatchStore, CampaignStore, NumberedMember } from '../ports/index.ts';
import { maySeeBatches, maySeeSettings, type Caller } from './caller.ts';
import { createTurns } from './give-way.ts';

type Added = { id: string; members: Member[] };

/** A batch of a communication with its first members, whole or not at all; its workflow starts them. */
export async function createBatch(
  ports: { campaigns: CampaignStore; batches: BatchStore; now: () => Date },
  caller: Caller,
  communicationId: string,
  members: readonly NewMember[],
): Promise<Added> {
  const communication = await ports.campaigns.findCommunication(communicationId);
  if (!communication || !maySeeSettings(caller, communication.service_id)) throw notFound('communication');
  if (!maySeeBatches(caller, communication.service_id))
    throw new AppError('FORBIDDEN', 'Dispatch has no test messages: create batches with a live key.');
  const id = uuidv7();
  const numbered = await each(members, withId);
  const createdAt = fromDate(ports.now());
  await ports.batches.create(
    { id, communicationId, serviceId: communication.service_id, createdAt },
    numbered,
  );
  return { id, members: await each(numbered, toMember) };
}

/** More members for a batch; CONFLICT when it was said that no more come. */
export async function appendMembers(
  ports: { batches: BatchStore; now: () => Date },
  caller: Caller,
  batchId: string,
  members: readonly NewMember[],
): Promise<Added> {
  const batch = await ports.batches.find(batchId);
  if (!batch || !maySeeBatches(caller, batch.service_id)) throw notFound('batch');
  const numbered = await each(members, withId);
  if (!(await ports.batches.append(batchId, numbered, fromDate(ports.now()))))
    throw new AppError('CONFLICT', 'The batch was completed: put further members into a batch of their own.');
  return { id: batchId, members: await each(numbered, toMember) };
}

/** As `map`, with a turn for every other request in between: there may be thousands. */
async function each<T, U>(items: readonly T[], make: (item: T) => U): Promise<U[]> {
  const turns = createTurns();
  const made: U[] = [];
  for (const item of items) {
    made.push(make(item));
    if (turns.isOver()) await turns.give();
  }
  return made;
}

function withId(member: NewMember): NumberedMember {
  return { ...member, id: uuidv7() };
}

function toMember({ id, attributes, destinations }: NumberedMember): Member {
  return {
    id,
    attributes,
    destinations: destinations.map(({ type, to, provider = null, provider_reference = null }) => ({
      ...{ type, to, provider, provider_reference },
      status: null,
      processed: false,
    })),
    status: 'waiting',
  };
}
