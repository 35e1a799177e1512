import type { ConfigureCallback } from '../../domain/callbacks/callback.schema.ts';
import type { RetryPolicy } from '../../domain/delivery/retry-policy.ts';

/** What was given of a policy, and the system's own for the rest. */
export function withDefaults(given: ConfigureCallback['policy'], defaults: RetryPolicy): RetryPolicy {
  return {
    attempts: given?.attempts ?? defaults.attempts,
    intervalSeconds: given?.interval_seconds ?? defaults.intervalSeconds,
    timeoutSeconds: given?.timeout_seconds ?? defaults.timeoutSeconds,
  };
}
