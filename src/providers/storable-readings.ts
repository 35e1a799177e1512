// Every reader's result goes through here, so that nothing that a provider sends is refused by the database later.
import { storableInstant, storableText } from '../domain/storable.ts';
import type { InboundText, Provider, Reading, Receipt } from './provider.ts';

/** More than a text message or a reason ever has. */
const maxText = 10_000;
/** More than a number or a name that stands for one ever has. */
const maxNumber = 100;

/** The provider, reading only what can be stored. A time that does not exist is no time: the moment of arrival counts. */
export function withStorableReadings(provider: Provider): Provider {
  const { readStatus, readInbound } = provider;
  return {
    ...provider,
    readStatus: (request) => mapped(readStatus(request), storableReceipt),
    ...(readInbound && { readInbound: (request) => mapped(readInbound(request), storableInbound) }),
  };
}

function mapped<T>(reading: Reading<T>, change: (item: T) => T): Reading<T> {
  return reading.kind === 'read' ? { kind: 'read', items: reading.items.map(change) } : reading;
}

function storableReceipt(receipt: Receipt): Receipt {
  const { complaint } = receipt;
  return {
    ...receipt,
    reference: storableText(receipt.reference, maxText),
    key: storable(receipt.key),
    status: storable(receipt.status),
    word: storableText(receipt.word, maxText),
    description: storable(receipt.description),
    providerResponse: storable(receipt.providerResponse),
    occurredAt: storableInstant(receipt.occurredAt),
    ...(complaint && {
      complaint: { ...complaint, id: storable(complaint.id), date: storableInstant(complaint.date) },
    }),
  };
}

function storableInbound(text: InboundText): InboundText {
  return {
    key: storable(text.key),
    source: storableText(text.source, maxNumber),
    destination: storableText(text.destination, maxNumber),
    message: storableText(text.message, maxText),
    receivedAt: storableInstant(text.receivedAt),
  };
}

function storable(text: string | null): string | null {
  return text === null ? null : storableText(text, maxText);
}
