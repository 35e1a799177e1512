// What the systems set after 72 hours without a final status.

const underWay = new Set(['sending', 'pending']);

/**
 * GC Notify, Notify.gov.au: what was never handed to a provider has failed for technical reasons, what was handed over for
 * reasons that may pass. What is `sent` stays so.
 */
export function timeoutByProgress(status: string): string | null {
  if (status === 'created') return 'technical-failure';
  return underWay.has(status) ? 'temporary-failure' : null;
}

/**
 * GOV.UK Notify, NotifyNL: their own `created` means that it waits to be handed over, and is left alone. Here it is the
 * status of whatever was registered, which its sender has handed over, so it times out as `sending` does.
 */
export function timeoutAsTemporary(status: string): string | null {
  return status === 'created' || underWay.has(status) ? 'temporary-failure' : null;
}
