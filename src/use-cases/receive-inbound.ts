import { notFound } from '../domain/errors.ts';
import type { ProviderSettings, SecretBox, Sns } from '../ports/index.ts';
import { providers, type InboundText, type Reply } from '../providers/index.ts';
import type { AcceptInboundUseCase } from './accept-inbound.ts';
import { eventIdFrom } from './event-id-from.ts';
import type { ProviderAccounts } from './provider-accounts.ts';
import { admit, type Admission, type DoorRequest } from './provider-door.ts';

export type ReceiveInbound = (providerName: string, request: DoorRequest) => Promise<Reply>;

/** Takes a text message that a provider brings, for the service whose number it was sent to. */
export function createReceiveInbound(ports: {
  accounts: ProviderAccounts;
  acceptInbound: AcceptInboundUseCase;
  secrets: SecretBox;
  sns: Sns;
  now: () => Date;
}): ReceiveInbound {
  return async (providerName, request) => {
    const provider = providers.get(providerName);
    if (!provider?.readInbound) throw notFound('provider');
    const admission = await admit(ports, provider, request);
    const reading = provider.readInbound(admission.request);
    if (reading.kind === 'refused') return provider.refused(reading.messages);
    let isKnown = false;
    for (const text of reading.items)
      isKnown = (await take(ports.acceptInbound, providerName, admission, text)) || isKnown;
    const taken = provider.inboundTaken ?? provider.statusTaken;
    return isKnown ? taken : (provider.inboundUnknown ?? taken);
  };
}

/** False for a number that is nobody's. */
async function take(
  acceptInbound: AcceptInboundUseCase,
  provider: string,
  { settings, digest }: Admission,
  text: InboundText,
): Promise<boolean> {
  const { source, destination } = text;
  const owner = (number: string) => settings.find((own) => endsOf(own).has(endOf(number)));
  // SAP's document leaves open which of the two numbers is ours; the configuration does not.
  const [service, from, to] = owner(destination)
    ? [owner(destination), source, destination]
    : [owner(source), destination, source];
  if (!service) return false;
  await acceptInbound({ kind: 'operator' }, service.serviceId, {
    source_number: from,
    destination_number: to,
    message: text.message,
    event_id: eventIdFrom(`inbound/${provider}/${service.serviceId}/${text.key ?? digest()}`),
    ...(text.receivedAt !== null && { date_received: text.receivedAt }),
  });
  return true;
}

/** Made once for settings of up to a thousand numbers, and not for every text. */
const knownEnds = new WeakMap<ProviderSettings, ReadonlySet<string>>();

function endsOf(settings: ProviderSettings): ReadonlySet<string> {
  const ends = knownEnds.get(settings) ?? new Set(settings.inboundNumbers.map(endOf));
  knownEnds.set(settings, ends);
  return ends;
}

/** Of numbers that are written with their country or without it, the last nine digits are what tells them apart. */
function endOf(number: string): string {
  return number.replace(/\D/g, '').slice(-9);
}
