import type { Instant } from '../instant.ts';

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
