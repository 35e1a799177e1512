import type { CallbackEvent } from './callbacks/callback.schema.ts';

/** What a communication of Dispatch tells of, each to a callback of its own. */
export const communicationEvents = [
  'message_sent',
  'message_delivery_problem',
  'message_delivery_status_change',
  'communication_complete',
] as const;
export type CommunicationEvent = (typeof communicationEvents)[number];

/** Everything that can be accepted and told. */
export type EventName = CallbackEvent | CommunicationEvent;
