import type { CommunicationEvent } from '../domain/event.ts';
import { variableOf, type MessageFacts } from '../domain/campaigns/message-variables.ts';
import { renderUrl } from '../domain/campaigns/url-template.ts';
import type { CommunicationTarget, DeliveryJob } from '../ports/index.ts';

/** The URL that a callback of Dispatch calls for this event, or why there is none. */
export function urlOf(
  job: DeliveryJob,
  target: CommunicationTarget,
  template: string,
): ReturnType<typeof renderUrl> {
  const facts = factsOf(job, target);
  return renderUrl(template, (name) => variableOf(facts, name));
}

function factsOf(job: DeliveryJob, target: CommunicationTarget): MessageFacts {
  const { communicationId, batchId, attributes, environment, names } = target;
  // A target is loaded for the events of Dispatch only.
  const event = job.event as CommunicationEvent;
  return {
    event,
    communicationId,
    batchId,
    messageId: event === 'communication_complete' ? null : job.notificationId,
    attributes,
    environment,
    names,
    eventVariables: saidOf(event, job, target),
  };
}

function saidOf(
  event: CommunicationEvent,
  { facts }: DeliveryJob,
  { destination, problem }: CommunicationTarget,
): Record<string, string> {
  switch (event) {
    case 'message_delivery_status_change':
      return {
        messageStatus: facts.status,
        errorCode: facts.providerResponse ?? '',
        destination: destination ?? '',
      };
    case 'message_delivery_problem':
      return { problem: problem ?? '', destination: destination ?? '' };
    case 'message_sent':
    case 'communication_complete':
      return {};
  }
}
