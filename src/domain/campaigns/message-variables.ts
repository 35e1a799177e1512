import type { CommunicationEvent } from '../event.ts';
import type { Attributes } from './batch.schema.ts';

/** What a callback of Dispatch can say of a message, or of a batch, in its URL. */
export type MessageFacts = {
  event: CommunicationEvent;
  communicationId: string;
  batchId: string;
  /** The message's id; null for what is told of a batch. */
  messageId: string | null;
  attributes: Attributes;
  /** The campaign's variables for the communication's mode. */
  environment: Readonly<Record<string, string>>;
  /** What the event itself says, by our names for it. */
  eventVariables: Readonly<Record<string, string>>;
  /** Other names for those, by ours. */
  names: Readonly<Record<string, string>>;
};

/**
 * The value of a variable, as Dispatch's document has them: member attributes, campaign environment variables,
 * `batchId`, `communicationId`, `id`, and `memberId` where the attributes have an `id` of their own. Null for what there
 * is not; an attribute without a value is none. What we name ourselves cannot be hidden by an attribute.
 */
export function variableOf(facts: MessageFacts, name: string): string | null {
  const { attributes, environment, messageId } = facts;
  const own = new Map([
    ['batchId', facts.batchId],
    ['communicationId', facts.communicationId],
    ...Object.entries(facts.eventVariables).map(
      ([ours, value]) => [facts.names[ours] ?? ours, value] as const,
    ),
  ]).get(name);
  if (own !== undefined) return own;
  if (name === 'memberId' && messageId !== null && Object.hasOwn(attributes, 'id')) return messageId;
  if (Object.hasOwn(attributes, name)) {
    const value = attributes[name];
    return value === null || value === undefined ? null : String(value);
  }
  if (Object.hasOwn(environment, name)) return environment[name] ?? null;
  return name === 'id' ? messageId : null;
}

/** What each event says beside the message, under the names that it has unless a callback gives it others. */
export const eventVariableNames: Readonly<Record<CommunicationEvent, readonly string[]>> = {
  message_sent: [],
  message_delivery_problem: ['problem', 'destination'],
  message_delivery_status_change: ['messageStatus', 'errorCode', 'destination'],
  // The fields of its POST body; its URL has none of them.
  communication_complete: ['communicationId', 'batchId', 'status', 'href'],
};
