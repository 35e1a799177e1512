import { v7 as uuidv7 } from 'uuid';
import { unreported } from '../domain/acceptance.ts';
import { notFound } from '../domain/errors.ts';
import type { AcceptInbound, AcceptedInbound } from '../domain/inbound.schema.ts';
import { inboundIdTaken, type InboundMessage } from '../domain/inbound.ts';
import { fromDate } from '../domain/instant.ts';
import type { InboundStore, ServiceStore } from '../ports/index.ts';
import { profileNamed } from '../profiles/index.ts';
import { createAcceptEvents, type AcceptancePorts } from './accept-events.ts';
import { keyTypeOf, maySee, maySeeSettings, type Caller } from './caller.ts';

export type AcceptInboundUseCase = (
  caller: Caller,
  serviceId: string,
  body: AcceptInbound,
) => Promise<AcceptedInbound>;

/**
 * Accepts a text message that somebody sent to a service, as durably as a status, in the order of what the same number
 * sends; it becomes the `inbound_sms` callback. Throws CONFLICT for an `event_id` that another message has.
 */
export function createAcceptInbound(
  ports: AcceptancePorts & { services: Pick<ServiceStore, 'find'>; inbound: InboundStore },
): AcceptInboundUseCase {
  const accept = createAcceptEvents(ports);

  return async (caller, serviceId, body) => {
    const service = maySeeSettings(caller, serviceId) ? await ports.services.find(serviceId) : null;
    if (!service) throw notFound('service');
    const { inboundNumbers } = profileNamed(service.profile);
    const acceptedAt = fromDate(ports.now());
    const message: InboundMessage = {
      sourceNumber: inboundNumbers.source(body.source_number),
      destinationNumber: inboundNumbers.own(body.destination_number),
      message: body.message,
      dateReceived: body.date_received ?? acceptedAt,
    };
    const id = body.event_id ?? uuidv7();
    const refuseAnother = async (): Promise<void> => {
      const known = await ports.inbound.find(id);
      if (known && (known.serviceId !== serviceId || !maySee(caller, known) || !isSame(known, message, body)))
        throw inboundIdTaken();
    };
    if (body.event_id !== undefined) await refuseAnother();

    const { sequence, duplicate } = await accept(caller, {
      notificationId: await ports.inbound.conversation(
        // Real messages of one number keep one order, whichever key reports them.
        { serviceId, keyType: keyTypeOf(caller) === 'test' ? 'test' : 'live' },
        message.sourceNumber,
      ),
      event: 'inbound_sms',
      details: message,
      eventId: id,
      status: 'received',
      acceptedAt,
      occurredAt: message.dateReceived,
      ...unreported,
    });
    // The first may have come between our look and our turn.
    if (duplicate) await refuseAnother();
    return { id, sequence, duplicate };
  };
}

function isSame(
  known: InboundMessage,
  given: InboundMessage,
  { date_received: date }: AcceptInbound,
): boolean {
  return (
    known.sourceNumber === given.sourceNumber &&
    known.destinationNumber === given.destinationNumber &&
    known.message === given.message &&
    (date === undefined || known.dateReceived === date)
  );
}
