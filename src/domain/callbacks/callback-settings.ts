import type { CallbackFilter } from './callback.schema.ts';
import type { CallbackAuth, ShownAuth, ShownClientCertificate } from '../access/credential.schema.ts';
import type { RetryPolicy } from '../delivery/retry-policy.ts';

export const defaultMaxInFlight = 16;

/** A callback as it is to be stored; what is null in `auth`, `clientCertificate` and `signing` stays as it is stored. */
export type CallbackSettings = {
  url: string;
  policy: RetryPolicy;
  filter: CallbackFilter;
  notificationList: string[];
  /** Null for no warnings. */
  warnAfterAttempts: number | null;
  /** Attempts at the same time, over all processes. */
  maxInFlight: number;
  /** Attempts a second, over all processes; null for as many as there are. */
  ratePerSecond: number | null;
  auth: {
    type: CallbackAuth['type'];
    sealed: Uint8Array;
    shown?: Omit<ShownAuth, 'type'>;
    /** The version that has this very credential already: while it is the stored one, nothing changes. */
    sameAsVersion?: number | null;
  } | null;
  clientCertificate: { sealed: Uint8Array; shown: ShownClientCertificate } | 'none' | null;
  /** The secret is taken when signing is turned on and there is none yet. */
  signing: { enabled: true; sealedSecret: Uint8Array } | { enabled: false } | null;
};
