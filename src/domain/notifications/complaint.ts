import type { Instant } from '../instant.ts';

/** What a complaint says of itself: somebody marked the message as unwanted. */
export type Complaint = { id: string; date: Instant };

/** Everything a complaint's body can be made of. */
export type ComplaintFacts = {
  notificationId: string;
  complaintId: string;
  reference: string | null;
  to: string;
  complaintDate: Instant;
};
