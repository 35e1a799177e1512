import { AppError } from './errors.ts';
import type { Instant } from './instant.ts';

/** A text message that somebody sent to a service, with both numbers as its profile writes them. */
export type InboundMessage = {
  sourceNumber: string;
  destinationNumber: string;
  message: string;
  dateReceived: Instant;
};

/** Everything an inbound body can be made of. */
export type InboundFacts = InboundMessage & { id: string };

export function inboundIdTaken(): AppError {
  return new AppError('CONFLICT', 'event_id: another message has it; give each message its own.', {
    fields: [{ path: 'event_id', message: 'is taken by another message' }],
  });
}
