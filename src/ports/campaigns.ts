// Dispatch: campaigns, communications, and the batches that are sent.
import type { Batch, Member, NewMember } from '../domain/campaigns/batch.schema.ts';
import type {
  Campaign,
  Communication,
  CommunicationCallback,
} from '../domain/campaigns/communication.schema.ts';
import type { Instant } from '../domain/instant.ts';
import type { Page, PageQuery } from '../domain/page.schema.ts';
import type { RetryPolicy } from '../domain/delivery/retry-policy.ts';
import type { HistoryRow } from './accepting.ts';
import type { StoredCallback } from './delivery.ts';

/** A callback of a communication, with its credentials sealed beside what may be shown of them. */
export type SealedCommunicationCallback = Pick<
  CommunicationCallback,
  'event' | 'method' | 'url' | 'names'
> & {
  policy: RetryPolicy;
  authType: StoredCallback['authType'];
  authShown: Record<string, string>;
  sealedAuth: Uint8Array | null;
};

export type NewCommunication = Pick<
  Communication,
  'id' | 'campaign_id' | 'service_id' | 'name' | 'mode' | 'notification_list' | 'created_at'
> & { callbacks: readonly SealedCommunicationCallback[] };

export interface CampaignStore {
  create(campaign: Campaign): Promise<void>;
  find(id: string): Promise<Campaign | null>;
  addCommunication(communication: NewCommunication): Promise<void>;
  /** Replaces what a communication calls at an event, or adds it; `keepsCredentials` leaves those that are stored. */
  putCallback(
    communicationId: string,
    callback: SealedCommunicationCallback,
    options: { keepsCredentials: boolean },
  ): Promise<void>;
  findCommunication(id: string): Promise<Communication | null>;
  /** What was accepted of all its members and batches, the newest member first; the cursor is `<notification id>_<sequence>`. */
  history(
    communicationId: string,
    page: Pick<PageQuery, 'limit'> & { cursor?: string | undefined },
  ): Promise<Page<HistoryRow & { notificationId: string }>>;
}

export type NumberedMember = NewMember & { id: string };

export type StoredBatch = Omit<Batch, 'workflow_id' | 'workflow_url'>;

/** A batch as its workflow sees it. */
export type BatchState = {
  serviceId: string;
  communicationId: string;
  isDisabled: boolean;
  members: number;
  started: number;
  processed: number;
  isClosed: boolean;
  isComplete: boolean;
  /** Whether there is a callback for which a member's workflow would wait. */
  reportsWhenSent: boolean;
};

export interface BatchStore {
  /** Stores a batch with its first members, whole or not at all, and asks for its workflow. */
  create(
    batch: { id: string; communicationId: string; serviceId: string; createdAt: Instant },
    members: readonly NumberedMember[],
  ): Promise<void>;
  /** Adds members behind those that are there; false when the batch is closed. */
  append(id: string, members: readonly NumberedMember[], createdAt: Instant): Promise<boolean>;
  /** No more members come; null when there is no such batch. */
  close(id: string): Promise<StoredBatch | null>;
  find(id: string): Promise<StoredBatch | null>;
  /** Up to `limit` members from the place `from` on, in their places. */
  members(id: string, from: number, limit: number): Promise<Member[]>;

  state(id: string): Promise<BatchState | null>;
  /** Of the next `limit` places, the members that are not processed yet, and the place behind them. */
  nextToStart(id: string, limit: number): Promise<{ ids: string[]; upTo: number }>;
  /** Notes that all members before the place `upTo` have been started. */
  started(id: string, upTo: number): Promise<void>;
  /** When all batches of a communication are closed and processed: those whose completion was not noted yet. */
  completable(communicationId: string): Promise<string[]>;
  /** Notes the completion of batches, and wakes their workflows. */
  complete(ids: readonly string[]): Promise<void>;
}

/** Gives members their workflows before anything is known of them. */
export interface MemberWorkflows {
  /** Starts those that are not running. Throws UNAVAILABLE while Temporal is away. */
  start(member: { notificationId: string; serviceId: string; communicationId: string }): Promise<void>;
}
