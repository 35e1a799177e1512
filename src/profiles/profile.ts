import type { CallbackRule } from '../domain/acceptance.ts';
import type { DeliveryStatusFacts } from '../domain/delivery-status-facts.ts';
import type { RetryPolicy } from '../domain/retry-policy.ts';

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
