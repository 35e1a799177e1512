// Messages that come in.
import type { InboundFacts } from '../domain/notifications/inbound.ts';
import type { KeyType } from '../domain/access/key-type.ts';
import type { Instant } from '../domain/instant.ts';
import type { OwnedScope } from './accepting.ts';

/** A message with its place: `notificationId` stands for all that its number sends to the service. */
export type StoredInbound = InboundFacts & {
  serviceId: string;
  keyType: KeyType;
  notificationId: string;
  sequence: number;
  acceptedAt: Instant;
};

export interface InboundStore {
  /** What stands for all that a number sends to a service; made at the first message. Each type of key has its own. */
  conversation(owner: { serviceId: string; keyType: KeyType }, sourceNumber: string): Promise<string>;
  find(id: string): Promise<StoredInbound | null>;
  /** A service's messages of these types, the newest first; after `olderThan` where that is one of them, else none. */
  list(scope: OwnedScope, page: { limit: number; olderThan: string | null }): Promise<StoredInbound[]>;
}
