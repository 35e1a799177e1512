import type { CallbackRule } from '../domain/acceptance/acceptance.ts';
import type { ComplaintFacts } from '../domain/notifications/complaint.ts';
import type { DeliveryStatusFacts } from '../domain/notifications/delivery-status-facts.ts';
import type { InboundFacts } from '../domain/notifications/inbound.ts';
import type { ReturnedLetterFacts } from '../domain/notifications/letter.ts';
import type { SimulatedRecipients } from '../domain/acceptance/simulated-recipients.ts';
import type { RetryPolicy } from '../domain/delivery/retry-policy.ts';
import type { PhoneNumbers } from './phone-numbers.ts';

/** By which rules a system's callbacks are delivered. */
export type DeliveryRules = {
  name: string;
  retryPolicy: RetryPolicy;
  isSuccess: (httpStatus: number) => boolean;
  /** Whether a 410 ends the tries, and `Retry-After` can lengthen a wait. */
  honoursRetryAfter: boolean;
};

/**
 * The rules and bytes of one system of the Notify family. A profile is data and pure functions: what it says can be read
 * in one file.
 */
export type Profile = DeliveryRules & {
  /** Every status the system knows, final ones included; others are refused at the door. */
  statuses: readonly string[];
  callbackRule: CallbackRule;
  simulatedRecipients: SimulatedRecipients;
  phoneNumbers: PhoneNumbers;
  /** The numbers of an inbound message as the system writes them: its sender's, and the service's own. */
  inboundNumbers: { source: (text: string) => string; own: (text: string) => string };
  /** The status of a notification of which nothing final was heard for 72 hours; null where it stays as it is. */
  timeoutStatus: (status: string) => string | null;
  /** The request body as text; its UTF-8 bytes are what is sent. */
  deliveryStatusBody: (facts: DeliveryStatusFacts) => string;
  complaintBody: (facts: ComplaintFacts) => string;
  inboundBody: (facts: InboundFacts) => string;
  /** Null where the system tells of no returned letters. */
  returnedLetterBody: ((facts: ReturnedLetterFacts) => string) | null;
};
