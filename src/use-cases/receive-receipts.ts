import { notFound } from '../domain/errors.ts';
import { fromDate } from '../domain/instant.ts';
import type { ProviderSettings, ReceiptScope, ReceiptStore, SecretBox, Sns } from '../ports/index.ts';
import { providers, type Provider, type Receipt, type Reply } from '../providers/index.ts';
import { isSnsUrl, type SnsEnvelope } from '../signing/sns-signature.ts';
import { acceptReceipt, type ReceiptAcceptance } from './accept-receipt.ts';
import { eventIdFrom } from './event-id-from.ts';
import { findNamedMessage } from './find-named-message.ts';
import type { ProviderAccounts } from './provider-accounts.ts';
import { admit, type Admission, type DoorRequest } from './provider-door.ts';

export type ReceiptPorts = ReceiptAcceptance & {
  accounts: ProviderAccounts;
  receipts: ReceiptStore;
  secrets: SecretBox;
  sns: Sns;
  /** Hears of a receipt that was given to none, because several services of its account have used its reference. */
  onAmbiguous: (provider: string, notificationIds: readonly string[]) => void;
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
    const scope = scopeOf(settings);
    // In their order: they may be of one message. One that fails keeps none of the others from being taken.
    const failures: unknown[] = [];
    for (const [place, receipt] of reading.items.entries())
      await take(ports, provider, scope, receipt, eventIdOf(providerName, receipt, admission, place)).catch(
        (cause: unknown) => failures.push(cause),
      );
    if (failures.length > 0) throw failures[0];
    return provider.statusTaken;
  };
}

/** Of a service without a check anybody may say anything, and so only what is no other's. */
function scopeOf(settings: readonly ProviderSettings[]): ReceiptScope {
  const idsOf = (isUnchecked: boolean): string[] => [
    ...new Set(
      settings
        .filter(({ credentialType }) => (credentialType === 'none') === isUnchecked)
        .map(({ serviceId }) => serviceId)
        .sort(),
    ),
  ];
  return { serviceIds: idsOf(false), uncheckedServiceIds: idsOf(true) };
}

async function take(
  ports: ReceiptPorts,
  provider: Provider,
  scope: ReceiptScope,
  receipt: Receipt,
  eventId: string,
): Promise<void> {
  const found = await findNamedMessage(ports.receipts, provider, receipt.reference, scope);
  switch (found.kind) {
    case 'one': {
      const receivedAt = fromDate(ports.now());
      return acceptReceipt(ports, found.message, receipt, { eventId, receivedAt });
    }
    case 'ambiguous':
      ports.onAmbiguous(provider.name, found.notificationIds);
      return;
    case 'none': {
      const whose = [...scope.serviceIds, '', ...scope.uncheckedServiceIds].join();
      const id = eventIdFrom(`early/${provider.name}/${eventId}/${whose}`);
      await ports.receipts.keepEarly({ id, provider: provider.name, ...scope, eventId, receipt });
    }
  }
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
