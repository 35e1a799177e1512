// What providers report, and with what they show themselves.
import type { ConfiguredProvider } from '../domain/provider.schema.ts';
import type { Instant } from '../domain/instant.ts';

export type ProviderSettings = {
  serviceId: string;
  profile: string;
  credentialType: string;
  sealedCredentials: Uint8Array | null;
  inboundNumbers: string[];
  publicUrl: string | null;
};

export interface ProviderStore {
  put(
    serviceId: string,
    provider: string,
    settings: Pick<ProviderSettings, 'credentialType' | 'sealedCredentials' | 'inboundNumbers' | 'publicUrl'>,
  ): Promise<{ stored: ConfiguredProvider; wasCreated: boolean }>;
  remove(serviceId: string, provider: string): Promise<boolean>;
  /** Of all services that have this provider. */
  of(provider: string): Promise<ProviderSettings[]>;
  /** Another text than before once anybody's settings of this provider have changed. */
  changes(provider: string): Promise<string>;
  /** Where nothing that comes is checked, as `<provider> of service <id>`. */
  unchecked(): Promise<{ serviceId: string; provider: string }[]>;
}

/** A message that a receipt names. */
export type NamedMessage = {
  notificationId: string;
  serviceId: string;
  profile: string;
  status: string;
  notificationType: string;
  /** Of a member of a batch: the destination that the reference is of. */
  destination: { to: string; type: string; provider: string | null } | null;
};

/** Whose messages a receipt can be about: an account's that was proven and, after these, of services without a check. */
export type ReceiptScope = { serviceIds: readonly string[]; uncheckedServiceIds: readonly string[] };

/** What is kept of a receipt that names nothing yet; `receipt` is as its provider's reading made it. */
export type EarlyReceipt = ReceiptScope & {
  id: string;
  provider: string;
  eventId: string;
  receipt: unknown;
  receivedAt: Instant;
};

export interface ReceiptStore {
  /**
   * What the name names: of each of these services the message that was stored last. `namesBy` says whether it is the
   * notification's id or the provider's reference.
   */
  find(
    name: { provider: string; namesBy: 'id' | 'reference'; reference: string },
    serviceIds: readonly string[],
  ): Promise<NamedMessage[]>;
  /** Once for each id. */
  keepEarly(early: Omit<EarlyReceipt, 'receivedAt'>): Promise<void>;
  /** Up to `limit` that are to be looked at again now; each is given to one caller, for a while. */
  dueEarly(limit: number): Promise<EarlyReceipt[]>;
  /** Forgets one that was matched, or that nobody has registered in time. */
  doneEarly(id: string): Promise<void>;
}

export interface Sns {
  /** The certificate (PEM) behind a URL of SNS itself; throws while it cannot be had. */
  certificate(url: string): Promise<string>;
  /** Tells SNS that a subscription is wanted. */
  confirm(url: string): Promise<void>;
}
