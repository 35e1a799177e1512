import type { Instant } from '../instant.ts';

/** How one HTTP exchange with a customer's URL ended, in the words of the callback result history. */
export const attemptOutcomes = [
  'delivered',
  'http_status',
  'timeout',
  'connect_error',
  'tls_error',
  'refused',
  'cancelled',
  'egress_error',
  'credential_error',
] as const;
export type AttemptOutcome = (typeof attemptOutcomes)[number];

/**
 * What is ours and keeps an attempt from taking place: our own way out, or a credential that no key decrypts. As many as
 * come in a row are one entry of the history, and wait ever longer for the next.
 */
export const preventedOutcomes = ['egress_error', 'credential_error'] as const;

export function isPrevented(outcome: AttemptOutcome): boolean {
  return (preventedOutcomes as readonly string[]).includes(outcome);
}

/** Of an attempt that we broke off ourselves, or that something of ours kept from taking place: none of the customer's. */
export function isOurs(outcome: AttemptOutcome): boolean {
  return outcome === 'cancelled' || isPrevented(outcome);
}

/** The receiver's answer; `body` is its first 16 KiB, `truncated` says that there was more. */
export type CallbackResponse = {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
  truncated: boolean;
};

/** One HTTP exchange as the sender saw it; `response` is null when no status line came back. */
export type Exchange = {
  startedAt: Instant;
  durationMs: number;
  failure: { outcome: Exclude<AttemptOutcome, 'delivered' | 'http_status'>; reason: string } | null;
  response: CallbackResponse | null;
};

/** The outcome of an exchange under a profile's success rule, with the reason in words where it failed. */
export function judgeExchange(
  exchange: Exchange,
  isSuccess: (status: number) => boolean,
): { outcome: AttemptOutcome; error: string | null } {
  if (exchange.failure) return { outcome: exchange.failure.outcome, error: exchange.failure.reason };
  const status = exchange.response?.status ?? 0;
  if (isSuccess(status)) return { outcome: 'delivered', error: null };
  const redirect = status >= 300 && status < 400 ? '; redirects are not followed' : '';
  return { outcome: 'http_status', error: `The receiver answered ${status}${redirect}.` };
}
