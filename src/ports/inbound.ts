// Messages that come in.
import type { InboundFacts } from '../domain/inbound.ts';
import type { Instant } from '../domain/instant.ts';

/** A message with its place: `notificationId` stands for all that its number sends to the service. */
export type StoredInbound = InboundFacts & {
  serviceId: string;
  notificationId: string;
  sequence: number;
  acceptedAt: Instant;
};

export interface InboundStore {
  /** What stands for all that a number sends to a service; made at the first message. */
  conversation(serviceId: string, sourceNumber: string): Promise<string>;
  find(id: string): Promise<StoredInbound | null>;
  /** A service's messages, the newest first; after `olderThan` where that is one of them, else none. */
  list(serviceId: string, page: { limit: number; olderThan: string | null }): Promise<StoredInbound[]>;
}
