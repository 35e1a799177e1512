import type { CallbackRule } from '../domain/acceptance/acceptance.ts';
import type { DeliveryRules } from './profile.ts';

/**
 * Dispatch: "If the callback times out or any HTTP status code other than 200 is returned, the request will be tried
 * again in five minutes. After three attempts the callback will be flagged as failed". Its callbacks carry nothing but
 * their URL, so there is no body to write but that of a completed communication.
 */
export const dispatch: DeliveryRules = {
  name: 'dispatch',
  retryPolicy: { attempts: 3, intervalSeconds: 300, timeoutSeconds: 120 },
  isSuccess: (status) => status === 200,
  honoursRetryAfter: false,
};

/** That a batch is complete is always told. */
export const batchRule: CallbackRule = {
  notificationTypes: new Set(['batch']),
  statuses: 'every',
  firstFinalOnly: false,
  finalStatuses: new Set(),
};

/** The body of a Communication Complete by POST: a reference to the batch, under the callback's own field names. */
export function communicationCompleteBody(
  said: Readonly<Record<string, string>>,
  names: Readonly<Record<string, string>>,
): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(said).map(([ours, value]) => [names[ours] ?? ours, value])),
  );
}
