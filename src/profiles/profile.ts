import type { CallbackRule } from '../domain/acceptance.ts';
import type { Instant } from '../domain/instant.ts';
import type { RetryPolicy } from '../domain/retry-policy.ts';

/** Everything a delivery-status body can be made of; nulls are what the platform never knew. */
export type DeliveryStatusFacts = {
  id: string;
  reference: string | null;
  to: string;
  status: string;
  statusDescription: string | null;
  providerResponse: string | null;
  createdAt: Instant;
  completedAt: Instant | null;
  sentAt: Instant | null;
  notificationType: string;
  templateId: string | null;
  templateVersion: number | null;
};

/** One system's rules and bytes. A profile is data and pure functions: what it says can be read in one file. */
export type Profile = {
  name: string;
  /** Every status the system knows, final ones included; others are refused at the door. */
  statuses: readonly string[];
  callbackRule: CallbackRule;
  retryPolicy: RetryPolicy;
  isSuccess: (httpStatus: number) => boolean;
  /** The request body as text; its UTF-8 bytes are what is sent. */
  deliveryStatusBody: (facts: DeliveryStatusFacts) => string;
};
