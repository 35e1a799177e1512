import { v7 as uuidv7 } from 'uuid';
import { notFound } from '../domain/errors.ts';
import type { ReceiptStore, SecretBox, Sns } from '../ports/index.ts';
import { providers, type Receipt, type Reply } from '../providers/index.ts';
import { isSnsUrl, type SnsEnvelope } from '../signing/sns-signature.ts';
import { acceptReceipt, type ReceiptAcceptance } from './accept-receipt.ts';
import { eventIdFrom } from './event-id-from.ts';
import type { ProviderAccounts } from './provider-accounts.ts';
import { admit, type Admission, type DoorRequest } from './provider-door.ts';

export type ReceiptPorts = ReceiptAcceptance & {
  accounts: ProviderAccounts;
  receipts: ReceiptStore;
  secrets: SecretBox;
  sns: Sns;
  now: () => Date;
};

export type ReceiveReceipts = (providerName: string, request: DoorRequest) => Promise<Reply>;

/**
 * Takes what a provider reports, and answers in its words once that is durable. A repeat is recognised by the provider's
 * own id, or else by what the request says. Throws UNAUTHENTICATED or FORBIDDEN for one that shows no credentials that are
 * somebody's.
 */
export function createReceiveReceipts(ports: ReceiptPorts): ReceiveReceipts {
  return async (providerName, request) => {
    const provider = providers.get(providerName);
    if (!provider) throw notFound('provider');
    const admission = await admit(ports, provider, request);
    const { settings, envelope, signedId } = admission;
    if (envelope && isOfSubscription(envelope))
      return confirm(ports.sns, envelope, provider.statusTaken, provider.refused);

    const reading = provider.readStatus(admission.request);
    if (reading.kind === 'refused') return provider.refused(reading.messages);
    if (
      signedId !== null &&
      reading.items.some(({ reference }) => reference.toLowerCase() !== signedId.toLowerCase())
    )
      return provider.refused([`${providerName} callback failed: the token is another letter's`]);
    const serviceIds = new Set(settings.map(({ serviceId }) => serviceId));
    // In their order: they may be of one message.
    for (const [place, receipt] of reading.items.entries())
      await take(
        ports,
        providerName,
        serviceIds,
        receipt,
        eventIdOf(providerName, receipt, admission, place),
      );
    return provider.statusTaken;
  };
}

async function take(
  ports: ReceiptPorts,
  provider: string,
  serviceIds: ReadonlySet<string>,
  receipt: Receipt,
  eventId: string,
): Promise<void> {
  const message = await ports.receipts.find(provider, receipt.reference, serviceIds);
  if (message) return acceptReceipt(ports, message, receipt, eventId);
  await ports.receipts.keepEarly({ id: uuidv7(), provider, serviceIds: [...serviceIds], eventId, receipt });
}

function isOfSubscription({ Type: type }: SnsEnvelope): boolean {
  return type === 'SubscriptionConfirmation' || type === 'UnsubscribeConfirmation';
}

/** SNS asks whether a subscription is wanted: the topic is one that was configured, so it is. */
async function confirm(
  sns: Sns,
  envelope: SnsEnvelope,
  taken: Reply,
  refused: (messages: readonly string[]) => Reply,
): Promise<Reply> {
  if (envelope['Type'] === 'UnsubscribeConfirmation') return taken;
  const url = envelope['SubscribeURL'] ?? '';
  if (!isSnsUrl(url, /^\/$/)) return refused(["SNS callback failed: SubscribeURL is not one of SNS's own"]);
  await sns.confirm(url);
  return taken;
}

function eventIdOf(
  provider: string,
  { key, reference }: Receipt,
  { digest }: Admission,
  place: number,
): string {
  if (key !== null) return eventIdFrom(`provider/${provider}/${key}`);
  return eventIdFrom(`provider/${provider}/${reference}/${digest()}/${place}`);
}
