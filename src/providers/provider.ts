import type { Instant } from '../domain/instant.ts';

/** A provider's request as it came: nothing in it has been believed yet. */
export type ProviderRequest = {
  body: Uint8Array;
  query: URLSearchParams;
  /** In lower case. */
  headers: Readonly<Record<string, string>>;
};

/** What a provider says became of one message. */
export type Receipt = {
  /** Names the notification; see `namesBy`. */
  reference: string;
  /** By which a repeat is recognised; null where the whole request is what tells it. */
  key: string | null;
  /** In the words of the Notify family; null where it says nothing of the status. */
  status: string | null;
  /** The status instead, while the notification's is `pending`. */
  statusIfPending?: string;
  /** The provider's own word, for whoever is told in it. */
  word: string;
  /** What the provider's code means. */
  description: string | null;
  /** What the provider said, or the code itself. */
  providerResponse: string | null;
  occurredAt: Instant | null;
  complaint?: {
    id: string | null;
    date: Instant | null;
    /** The address is on the account's own suppression list, which GC Notify takes for a permanent failure as well. */
    isOnSuppressionList: boolean;
  };
};

/** A text message that somebody sent to a service's number. */
export type InboundText = {
  key: string | null;
  source: string;
  destination: string;
  message: string;
  receivedAt: Instant | null;
};

/** What was read, or what is missing or wrong, in words for the provider. */
export type Reading<T> = { kind: 'read'; items: T[] } | { kind: 'refused'; messages: string[] };

export type Reply = { status: number; contentType: string; body: string };

/** How a provider shows that a request is its own. */
export type Proof = 'password_or_token' | 'twilio' | 'sns' | 'oauth2' | 'signed_token';

/** One provider: how its requests are read, and what it wants to hear. */
export type Provider = {
  name: string;
  proof: Proof;
  /** Whether its receipts name the notification by the notification's id, or by the provider's own reference. */
  namesBy: 'id' | 'reference';
  method: 'GET' | 'POST';
  readStatus: (request: ProviderRequest) => Reading<Receipt>;
  readInbound?: (request: ProviderRequest) => Reading<InboundText>;
  statusTaken: Reply;
  inboundTaken?: Reply;
  /** For a message to a number that is nobody's; as for others unless given. */
  inboundUnknown?: Reply;
  refused: (messages: readonly string[]) => Reply;
};
